#compdef kubectl-fleet
# zsh completion of kubectl-fleet: kubectl-fleet completion zsh >"${fpath[1]}/_kubectl-fleet"
_kubectl-fleet() {
  local line directive=4
  local -a candidates
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :*) directive=${line#:} ;;
      ?*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  if [[ $directive == 16 ]]; then
    _path_files -/
  else
    _describe 'kubectl-fleet' candidates
  fi
}
if [[ ${funcstack[1]} == _kubectl-fleet ]]; then
  _kubectl-fleet "$@"
else
  compdef _kubectl-fleet kubectl-fleet
fi
