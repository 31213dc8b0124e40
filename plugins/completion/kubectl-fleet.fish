# fish completion of kubectl-fleet: kubectl-fleet completion fish | source
function __kubectl_fleet_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer (kubectl-fleet __complete $words[2..-1] 2>/dev/null)
    if test "$answer[-1]" = ":16"
        __fish_complete_directories (commandline -ct)
    else
        string match -v -r '^:\d+$' -- $answer
    end
end
complete -c kubectl-fleet -f -a '(__kubectl_fleet_complete)'
