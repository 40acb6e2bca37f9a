@echo off
rem Builds the program if a source is newer than it, then runs it: run [arguments]. The exit status is the program's.
rem Says on stderr when it builds, and when that is done. Elsewhere than on Windows ./run does the same.
setlocal
set "root=%~dp0"
set "program=%root%src\BybitSpot.App\bin\Release\net10.0\bybitspot.exe"
set "needed=install the .NET SDK 10.0 from https://dotnet.microsoft.com/download/dotnet/10.0"

rem Newer than the program: any source, project or shared build file; a folder, too, since a deleted file changes only that.
rem cmd itself compares no times.
if not exist "%program%" goto build
if not exist "%program%.built" goto build
set "BYBITSPOT_ROOT=%root%"
set "BYBITSPOT_BUILT=%program%.built"
powershell -NoProfile -NonInteractive -Command "$built = (Get-Item -LiteralPath $env:BYBITSPOT_BUILT).LastWriteTimeUtc; $root = $env:BYBITSPOT_ROOT; $all = @(Get-ChildItem -LiteralPath ($root + 'src') -Recurse -Force | Where-Object { $_.FullName -notmatch '\\(bin|obj)(\\|$)' }) + @('Directory.Build.props', 'Directory.Packages.props', 'global.json' | ForEach-Object { Get-Item -LiteralPath ($root + $_) }); if ($all | Where-Object { $_.LastWriteTimeUtc -gt $built }) { exit 9 } else { exit 0 }"
if not errorlevel 1 goto start

:build
where dotnet >nul 2>nul
if errorlevel 1 (
    echo run: dotnet is missing: %needed% >&2
    exit /b 1
)
pushd "%root%"
set "version="
for /f "delims=" %%v in ('call dotnet --version 2^>nul') do set "version=%%v"
if not "%version:~0,3%"=="10." (
    popd
    echo run: the .NET SDK here is not 10.x: %needed% >&2
    exit /b 1
)
rem The build would make these and with them change their parents' times.
for /d %%p in ("%root%src\*") do (
    if not exist "%%p\bin" mkdir "%%p\bin"
    if not exist "%%p\obj" mkdir "%%p\obj"
)
if exist "%program%.built" (
    echo run: building what has changed... >&2
) else (
    echo run: building, about a minute the first time... >&2
)
set "started=%TEMP%\bybitspot-%RANDOM%-%RANDOM%"
type nul >"%started%.time"
call dotnet build src\BybitSpot.App -c Release --nologo -v quiet -clp:NoSummary >"%started%.log" 2>&1
if errorlevel 1 (
    type "%started%.log" >&2
    del "%started%.time" "%started%.log"
    popd
    exit /b 1
)
rem As old as the start of the build: what was saved during it is built next time.
move /y "%started%.time" "%program%.built" >nul
del "%started%.log"
popd
echo run: built >&2

:start
rem What to type, in messages of the program's.
set "BYBITSPOT_TYPED=.\run"
"%program%" %*
exit /b %errorlevel%
