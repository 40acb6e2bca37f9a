// The completion scripts of three shells. Pure. What must stay true: nothing that comes out of a file is ever evaluated by the
// shell (a symbol such as $(date) in coins.json stays a text, and bash isn't even offered it).
using System.Text;

namespace BybitSpot.App;

internal static class CompletionScripts
{
    public static string Bash(CompletionTree tree)
    {
        var cases = new StringBuilder();
        foreach (CompletionNode node in tree.Nodes)
        {
            cases.Append($"        '{node.Path}') words='{Joined(node.Words.Select(w => w.Word))}' flags='{Joined(node.Flags.Select(f => f.Name))}'");
            cases.Append(node.Coins ? " coins=1 ;;\n" : " ;;\n");
        }
        return $$"""
            # bash completion of bybitspot; made by `bybitspot completion bash`.
            _bybitspot() {
                local program=$1 cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= word words= flags= coins= i
                local -a settings=()
                COMPREPLY=()
                # bash cuts --flag=value into three words.
                if [[ $cur == = ]]; then
                    cur=
                elif [[ $prev == = ]]; then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    case $word in
                        {{Alternatives(tree.FlagsThatTake(FlagValue.File).Concat(tree.FlagsThatTake(FlagValue.Text)))}})
                            [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
                            case $word in
                                --coins|--env-file) ((i + 1 < COMP_CWORD)) && settings+=("$word" "${COMP_WORDS[i+1]}") ;;
                            esac
                            ((i++))
                            ;;
                        -*) ;;
                        *)
                            case "$path $word" in
                                {{Alternatives(tree.Nodes.Skip(1).Select(n => n.Path.Contains(' ') ? $"'{n.Path}'" : $"' {n.Path}'"))}}) path=${path:+$path }$word ;;
                            esac
                            ;;
                    esac
                done
                case $prev in
                    {{Alternatives(tree.FlagsThatTake(FlagValue.File))}})
                        compopt -o filenames 2>/dev/null
                        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                        return
                        ;;
                    {{Alternatives(tree.FlagsThatTake(FlagValue.Text))}}) return ;;
                esac
                case $path in
            {{cases.ToString().TrimEnd('\n')}}
                esac
                if [[ $cur == -* ]]; then
                    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
                elif [[ -n $coins ]]; then
                    while IFS= read -r word; do
                        [[ $word =~ ^[A-Z0-9][A-Z0-9_-]*$ && $word == "${cur^^}"* ]] && COMPREPLY+=("$word")
                    done < <("$program" coins list ${settings[@]+"${settings[@]}"} 2>/dev/null)
                else
                    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
                fi
            }
            complete -F _bybitspot bybitspot

            """;
    }

    public static string Zsh(CompletionTree tree)
    {
        var cases = new StringBuilder();
        foreach (CompletionNode node in tree.Nodes)
        {
            cases.Append($"        ('{node.Path}')\n");
            cases.Append($"            items=({Joined(node.Words.Select(w => Quoted($"{w.Word}:{w.Meaning}")))})\n");
            cases.Append($"            flags=({Joined(node.Flags.Select(f => Quoted($"{f.Name}:{f.Meaning}")))})\n");
            cases.Append(node.Coins ? "            coins=1\n            ;;\n" : "            ;;\n");
        }
        string[] files = tree.FlagsThatTake(FlagValue.File);
        return $$"""
            #compdef bybitspot
            # zsh completion of bybitspot; made by `bybitspot completion zsh`.
            _bybitspot() {
                local place= word coins= i
                local -a settings items flags
                for ((i = 2; i < CURRENT; i++)); do
                    word=${words[i]}
                    case $word in
                        (--coins=*|--env-file=*) settings+=("$word") ;;
                        (--coins|--env-file) ((i + 1 < CURRENT)) && settings+=("$word" "${words[i+1]}"); ((i++)) ;;
                        ({{Alternatives(files.Concat(tree.FlagsThatTake(FlagValue.Text)))}}) ((i++)) ;;
                        (-*) ;;
                        (*)
                            case "$place $word" in
                                ({{Alternatives(tree.Nodes.Skip(1).Select(n => n.Path.Contains(' ') ? $"'{n.Path}'" : $"' {n.Path}'"))}}) place=${place:+$place }$word ;;
                            esac
                            ;;
                    esac
                done
                case ${words[CURRENT]} in
                    ({{Alternatives(files.Select(f => f + "=*"))}}) compset -P '*='; _files; return ;;
                esac
                case ${words[CURRENT-1]} in
                    ({{Alternatives(files)}}) _files; return ;;
                    ({{Alternatives(tree.FlagsThatTake(FlagValue.Text))}}) return 1 ;;
                esac
                case $place in
            {{cases.ToString().TrimEnd('\n')}}
                esac
                if [[ ${words[CURRENT]} == -* ]]; then
                    _describe -o -t flags flag flags
                elif [[ -n $coins ]]; then
                    compadd -M 'm:{a-z}={A-Z}' -- ${(f)"$(${(Q)words[1]} coins list $settings 2>/dev/null)"}
                elif ((${#items})); then
                    _describe -t words word items
                fi
            }
            if [[ ${funcstack[1]} == _bybitspot ]]; then
                _bybitspot "$@"
            else
                compdef _bybitspot bybitspot
            fi

            """;
    }

    public static string Fish(CompletionTree tree)
    {
        var lines = new StringBuilder();
        foreach (CompletionNode node in tree.Nodes)
        {
            string at = $"complete -c bybitspot -n '__bybitspot_at \"{node.Path}\"'";
            foreach ((string word, string meaning) in node.Words)
                lines.Append($"{at} -a {word}{(meaning.Length == 0 ? "" : $" -d {FishQuoted(meaning)}")}\n");
            foreach (CompletionFlag flag in node.Flags)
            {
                string takes = flag.Takes switch { FlagValue.File => " -r -F", FlagValue.Text => " -x", _ => "" };
                lines.Append($"{at}{(flag.Short is null ? "" : $" -s {flag.Short[1..]}")} -l {flag.Name[2..]}{takes} -d {FishQuoted(flag.Meaning)}\n");
            }
            if (node.Coins)
                lines.Append($"{at} -a '(__bybitspot_coins)'\n");
        }
        return $$"""
            # fish completion of bybitspot; made by `bybitspot completion fish`.
            function __bybitspot_at
                set -l place ''
                set -l skip 0
                set -l words (commandline -opc)
                for word in $words[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch $word
                        case {{Joined(tree.FlagsThatTake(FlagValue.File).Concat(tree.FlagsThatTake(FlagValue.Text)))}}
                            set skip 1
                        case '-*'
                        case '*'
                            set -l longer (string trim -- "$place $word")
                            if contains -- $longer {{Joined(tree.Nodes.Skip(1).Select(n => $"'{n.Path}'"))}}
                                set place $longer
                            end
                    end
                end
                test "$place" = "$argv[1]"
            end
            function __bybitspot_coins
                set -l words (commandline -opc)
                set -l settings
                set -l keep 0
                for word in $words[2..-1]
                    if test $keep = 1
                        set -a settings $word
                        set keep 0
                        continue
                    end
                    switch $word
                        case --coins --env-file
                            set -a settings $word
                            set keep 1
                        case '--coins=*' '--env-file=*'
                            set -a settings $word
                    end
                end
                command $words[1] coins list $settings 2>/dev/null
            end
            complete -c bybitspot -f
            {{lines.ToString().TrimEnd('\n')}}

            """;
    }

    private static string Joined(IEnumerable<string> words) => string.Join(' ', words);

    private static string Alternatives(IEnumerable<string> words) => string.Join('|', words);

    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string FishQuoted(string text) =>
        "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
