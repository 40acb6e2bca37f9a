#!/usr/bin/env bash
# Runs the program, and again whenever it fails: ./auto_restart.sh [arguments of the program]
# The program is the published one beside this script, else ./run. The pause before a new start doubles from 1 s to 60 s and
# falls back once the program has run for 60 s. SIGINT and SIGTERM are passed on and end this script with the program;
# SIGHUP (take the coins again) and SIGUSR1 (log a summary) are passed on alone.
# For machines without systemd; with it, deploy/systemd does the same and more. On a Mac, too, as bash 3.2 reads it.
set -uo pipefail
# Job control: the program gets a process group of its own, so that a Ctrl-C reaches it once, from here. Twice means "at once".
set -m

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$root/bybitspot
[ -x "$program" ] || program=$root/run

# Whole seconds; for tests.
pause_first_s=${AUTO_RESTART_PAUSE_FIRST_S:-1}
pause_max_s=${AUTO_RESTART_PAUSE_MAX_S:-60}
good_after_s=${AUTO_RESTART_GOOD_AFTER_S:-60}

say() {
    printf 'auto_restart: %s\n' "$*" >&2
}

child=''
stopping=''
signalled=''
pass_on() {
    signalled=1
    case $1 in INT | TERM) stopping=$1 ;; esac
    # The group: ./run may be building.
    [ -n "$child" ] && kill -s "$1" -- "-$child" 2>/dev/null
}
for signal in INT TERM HUP USR1; do
    # shellcheck disable=SC2064
    trap "pass_on $signal" "$signal"
done

# Waits for the child, however many signals come meanwhile; its status is in $status.
await_child() {
    local seen
    status=127
    while :; do
        signalled=''
        wait "$child" 2>/dev/null
        seen=$?
        # Unknown to bash: it ended during the wait before, which told its status.
        [ "$seen" = 127 ] && [ "$status" != 127 ] && break
        status=$seen
        [ -z "$signalled" ] && break
    done
    child=''
}

# In hundredths of a second: whole seconds ($SECONDS) make one of a moment that crosses a boundary. Since the machine started; a
# Mac has no such clock for a shell, and counts whole seconds.
now_cs() {
    local up
    if [ -r /proc/uptime ]; then
        read -r up _ </proc/uptime
        printf '%d' "$((10#${up/./}))"
    else
        printf '%d' "$((SECONDS * 100))"
    fi
}

pause_s=$pause_first_s
while :; do
    started_cs=$(now_cs)
    "$program" "$@" &
    child=$!
    # A signal between the fork and the line above knew no child yet.
    [ -n "$stopping" ] && kill -s "$stopping" -- "-$child" 2>/dev/null
    await_child
    ran_s=$((($(now_cs) - started_cs) / 100))
    if [ -n "$stopping" ]; then
        say "stopped by SIG$stopping (status $status)"
        # Ended by the very signal, before it could answer it: as asked, too.
        case $status in 130 | 143) [ "$stopping" = TERM ] && status=0 ;; esac
        exit "$status"
    fi
    case $status in
        0)
            say "ended as asked after $ran_s s; not started again"
            exit 0
            ;;
        2 | 78)
            say "ended with status $status: it would end the same way again, so it is not started again"
            exit "$status"
            ;;
        130)
            say "interrupted after $ran_s s; not started again"
            exit 130
            ;;
    esac
    [ "$ran_s" -ge "$good_after_s" ] && pause_s=$pause_first_s
    if [ "$status" -gt 128 ]; then
        reason="killed by signal $((status - 128))"
    else
        reason="failed with status $status"
    fi
    say "$reason after $ran_s s; starting again in $pause_s s"
    sleep "$pause_s" &
    child=$!
    [ -n "$stopping" ] && kill -s "$stopping" -- "-$child" 2>/dev/null
    # HUP and USR1 end the sleep early, which starts the program at once: whoever sends one wants it running.
    await_child
    if [ -n "$stopping" ]; then
        say "stopped by SIG$stopping while waiting"
        exit 0
    fi
    pause_s=$((pause_s * 2))
    [ "$pause_s" -gt "$pause_max_s" ] && pause_s=$pause_max_s
done
