export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What a shell runs for its completion: `program` answers for the words before and under the cursor. */
export function completionScript(shell: Shell, program: string): string {
  switch (shell) {
    case 'bash':
      return `# oakring completion bash: source <(oakring completion bash)
_oakring() {
  local IFS=$'\\n'
  COMPREPLY=($(${program} __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _oakring oakring`;
    case 'zsh':
      return `#compdef oakring
# oakring completion zsh: source <(oakring completion zsh), after compinit
_oakring() {
  local -a found told
  local line
  found=("\${(@f)$(${program} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $found; do
    [[ -n $line ]] && told+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#told} )); then _describe oakring told; else _files; fi
}
if [[ $funcstack[1] == _oakring ]]; then _oakring "$@"; else compdef _oakring oakring; fi`;
    case 'fish':
      return `# oakring completion fish: oakring completion fish | source
complete -c oakring -e
complete -c oakring -f -a '(${program} __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
complete -c oakring -s f -l file -r -F`;
  }
}
