# bash completion of kubectl-fleet: source <(kubectl-fleet completion bash)
_kubectl_fleet() {
  local current=${COMP_WORDS[COMP_CWORD]} line directive=4
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=${line#:} ;;
      ?*) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "$directive" = 16 ]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _kubectl_fleet kubectl-fleet
