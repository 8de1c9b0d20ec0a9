# complete.zsh LINE EXPECTED [LINE EXPECTED ...]: types each line and a tab into an interactive zsh
# with the completion of `strang`, which is on the PATH; says where the line does not become what is
# expected (compared from its first character on).
zmodload zsh/zpty zsh/zselect
zpty shell zsh -f -i
zpty -w shell "PROMPT=; unset zle_bracketed_paste; autoload -Uz compinit; compinit -u -D"
zpty -w shell "show() { zle -I; print -r -- \"<\${BUFFER% }>\"; BUFFER= }; zle -N show; bindkey '|' show"
zpty -w shell "source <(strang completion zsh); bindkey '^I' complete-word; print REA''DY"

# Reads until this is shown, for at most two minutes (of a busy machine).
until_shown() {
  local part
  shown=
  repeat 2400; do
    while zpty -r -t shell part; do shown+=$part; done
    [[ $shown == *"$1"* ]] && return 0
    zselect -t 5
  done
  return 1
}

until_shown READY || { print -r -- "no shell: ${(V)shown}"; exit 1 }
for line expected; do
  zpty -w -n shell "$line"$'\t|'
  until_shown ">" && [[ $shown == *"<$expected>"* ]] ||
    print -r -- "'$line' becomes '${(V)shown}', not '$expected'"
done
zpty -d shell
