# bash completion for tcpgauge(8). Takes the options from the installed binary's help.

_tcpgauge() {
  local cur prev words cword split
  _init_completion -s || return

  case $prev in
    -i | --interface)
      _available_interfaces -a
      COMPREPLY+=($(compgen -W any -- "$cur"))
      return
      ;;
    -T | --read | --attach.ca-file | --attach.cert-file | --attach.key-file | --connection-log | --web.config.file | \
      --identity.file | --identity.token-file | --identity.ca-file)
      _filedir
      return
      ;;
    --path.procfs | --path.cgroup | --path.container-logs)
      _filedir -d
      return
      ;;
    --identity)
      COMPREPLY=($(compgen -W "off local node cluster" -- "$cur"))
      return
      ;;
    --output)
      COMPREPLY=($(compgen -W "table json prometheus openmetrics" -- "$cur"))
      return
      ;;
    --log.level)
      COMPREPLY=($(compgen -W "debug info warn error" -- "$cur"))
      return
      ;;
    --log.format)
      COMPREPLY=($(compgen -W "logfmt json" -- "$cur"))
      return
      ;;
    --metrics.edge-detail)
      COMPREPLY=($(compgen -W "basic full" -- "$cur"))
      return
      ;;
    --user)
      COMPREPLY=($(compgen -u -- "$cur"))
      return
      ;;
  esac
  # Another option with a value has no completions.
  if [[ $prev == -* ]] && "$1" --help 2>/dev/null | grep -qE -- "^ +(-., )?$prev [A-Z]"; then
    return
  fi
  $split && return
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W '$("$1" --help 2>/dev/null | sed -nE "s/^ +(-., )?(--[a-z][a-z0-9.-]*).*/\2/p")' -- "$cur"))
  else
    # A pcap filter.
    COMPREPLY=($(compgen -W "host net port portrange src dst tcp ip ip6 vlan and or not" -- "$cur"))
  fi
} && complete -F _tcpgauge tcpgauge
