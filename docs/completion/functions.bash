
_cuicsim_cli_options='-c --config -n --node --json --privilege --version --help'

# Set REPLY to a word of the line without its quotes and backslashes. Nothing is expanded but "~/".
_cuicsim_cli_unquote() {
    REPLY=${1//[\\\"\']/}
    case $REPLY in
    \~/*) REPLY=$HOME${REPLY#\~} ;;
    esac
}

# The names of the nodes: the program lists them when it is given none of them. Reads the
# configuration alone, not the store; prints nothing when that cannot be read.
_cuicsim_cli_nodes() {
    local said
    said=$("$program" "${config[@]}" -n '' </dev/null 2>&1 >/dev/null)
    case $said in
    *'the configuration has '*) printf '%s\n' "${said##*the configuration has }" ;;
    esac
}

# Does the node know commands that begin with these words?
_cuicsim_cli_knows() {
    "$program" "${config[@]}" -n "$node" help "$@" </dev/null >/dev/null 2>&1
}

# Set REPLY to the lines that a user of this privilege on this node may type. Without -n the node is
# the first of the configuration, which is one of CUIC; of a node that is not known take them all.
_cuicsim_cli_lines() {
    REPLY=$_cuicsim_cli_all
    [ "$privilege" = 0 ] || REPLY+=$_cuicsim_cli_lab
    if [ -z "$node" ] || _cuicsim_cli_knows utils cuic; then
        REPLY+=$_cuicsim_cli_cuic$_cuicsim_cli_choices_cuic
    elif _cuicsim_cli_knows utils finesse; then
        REPLY+=$_cuicsim_cli_finesse$_cuicsim_cli_choices_finesse
    else
        REPLY+=$_cuicsim_cli_cuic$_cuicsim_cli_choices_cuic
        REPLY+=$_cuicsim_cli_finesse$_cuicsim_cli_choices_finesse
    fi
}

# Of a command that takes options, only the last one counts, as long as it has no value.
_cuicsim_cli_options_only() {
    local last

    [[ $before == 'lab explain --'* ]] || return 0
    last=${before% }
    last=${last##* }
    case $last in
    --*) before="lab explain $last " ;;
    *) before='lab explain ' ;;
    esac
}

# Offer the words that may follow $before, which is empty or ends in a blank, and begin with $cur.
_cuicsim_cli_words() {
    local helper line next
    local - IFS=$'\n' # the options of "set" are the user's again behind this function
    local -A seen=()

    set -f # words are split below, and nothing else is done to them
    for helper in $_cuicsim_cli_help; do # "help utils cuic" goes on as "utils cuic" does
        while [[ $before == "$helper "* ]]; do
            before=${before#"$helper "}
        done
    done
    _cuicsim_cli_options_only
    if [ "$before" = 'lab explain --node ' ]; then
        IFS=$' \t\n'
        _cuicsim_cli_value node
        return
    fi
    _cuicsim_cli_lines
    for line in $REPLY; do
        [[ $line == "$before"* ]] || continue
        next=${line#"$before"}
        next=${next%% *}
        if [ -n "$next" ] && [[ $next == "$cur"* ]] && [ -z "${seen[$next]-}" ]; then
            seen[$next]=1
            COMPREPLY+=("$next")
        fi
    done
}

# Offer what may be the value of an option.
_cuicsim_cli_value() {
    local words=()

    case $1 in
    config)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    node) read -r -a words < <(_cuicsim_cli_nodes) ;;
    privilege) words=(0 1) ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$cur")
}

# Note the value of an option.
_cuicsim_cli_note() {
    case $1 in
    config) config=(-c "$2") ;;
    node) node=$2 ;;
    privilege) privilege=$2 ;;
    esac
}

_cuicsim_cli() {
    local program config=() node='' privilege=1 # what the line says
    local cur before='' wanted='' may_be_option=yes i word REPLY

    COMPREPLY=()
    _cuicsim_cli_unquote "${COMP_WORDS[0]}"
    program=$REPLY
    _cuicsim_cli_unquote "${COMP_WORDS[COMP_CWORD]}"
    cur=$REPLY
    for ((i = 1; i < COMP_CWORD; i++)); do
        _cuicsim_cli_unquote "${COMP_WORDS[i]}"
        word=$REPLY
        if [ -n "$wanted" ]; then
            [ "$word" != = ] || continue # bash takes --node=NAME for three words
            _cuicsim_cli_note "$wanted" "$word"
            wanted=
            continue
        fi
        case $word in
        -c | --config) wanted=config ;;
        -n | --node) wanted=node ;;
        --privilege) wanted=privilege ;;
        -c*) _cuicsim_cli_note config "${word#-c}" ;;
        -n*) _cuicsim_cli_note node "${word#-n}" ;;
        --) may_be_option= ;;
        -*) [ -n "$may_be_option" ] || break ;;
        *) break ;;
        esac
    done
    for (( ; i < COMP_CWORD; i++)); do # the command's words so far
        _cuicsim_cli_unquote "${COMP_WORDS[i]}"
        before+=$REPLY' '
        may_be_option=
    done
    if [ -n "$wanted" ]; then
        [ "$cur" != = ] || cur=
        _cuicsim_cli_value "$wanted"
    elif [ -n "$may_be_option" ] && [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$_cuicsim_cli_options" -- "$cur")
    else
        _cuicsim_cli_words
    fi
}
complete -F _cuicsim_cli cuicsim-cli
