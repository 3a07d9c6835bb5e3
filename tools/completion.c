// completion.c -- `weft completion SHELL`: the shell's TAB key learns verbs and options.
//
// The scripts are printed from the tables that the parser reads, so they are never out of
// date: `source <(weft completion bash)`, or put the output where the shell looks.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <stdio.h>

static void print_names(const Option *options)
{
    printf("--help");
    for (const Option *o = options; o && o->name; o++) {
        printf(" --%s", o->name);
        if (o->letter) printf(" -%c", o->letter);
    }
}

static bool wants_directory(const Option *o)
{
    return strcmp(o->name, "dir") == 0;
}

static bool wants_file(const Option *o)
{
    return o->argument && strcmp(o->argument, "FILE") == 0;
}

// --- bash --------------------------------------------------------------------------

static void print_bash_verbs(void)
{
    for (const Verb *const *v = all_verbs; *v; v++) printf("%s%s", v == all_verbs ? "" : " ", (*v)->name);
}

// The options whose value is not a file: after them, complete nothing.
static void print_bash_valued(void)
{
    const char *between = "";
    for (const Option *o = verb_run.options; o->name; o++) {
        if (!o->argument || wants_directory(o) || wants_file(o)) continue;
        printf("%s--%s", between, o->name);
        between = "|";
    }
}

static void print_bash(void)
{
    printf("# weft completion for bash: source <(weft completion bash)\n"
           "_weft()\n{\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} verb=run i\n"
           "    local verbs='");
    print_bash_verbs();
    printf("'\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case \" $verbs \" in *\" ${COMP_WORDS[i]} \"*) verb=${COMP_WORDS[i]}; break ;; esac\n"
           "    done\n"
           "    case $last in\n"
           "    --dir) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n"
           "    ");
    print_bash_valued();
    printf(") return ;;\n"
           "    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        case $verb in\n");
    for (const Verb *const *v = all_verbs; *v; v++) {
        printf("        %s) COMPREPLY=($(compgen -W '", (*v)->name);
        print_names((*v)->options);
        printf("' -- \"$word\")) ;;\n");
    }
    printf("        esac\n        return\n    fi\n"
           "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
           "    if ((COMP_CWORD == 1)) || [[ $verb == help ]]; then\n"
           "        COMPREPLY+=($(compgen -W \"$verbs\" -- \"$word\"))\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _weft weft\n");
}

// --- zsh ---------------------------------------------------------------------------

// Inside '...' a quote, and inside [...] a bracket, must be escaped.
static void print_zsh_text(const char *text)
{
    for (; *text && *text != '\n'; text++) {
        if (*text == '\'') {
            printf("'\\''");
        } else if (strchr("[]:\\", *text)) {
            printf("\\%c", *text);
        } else {
            putchar(*text);
        }
    }
}

static void print_zsh_option(const Option *o)
{
    printf("            '%s--%s%s[", o->kind == OPTION_LIST ? "*" : "", o->name,
           o->argument ? "=" : "");
    print_zsh_text(o->help);
    printf("]");
    if (o->argument) {
        printf(":");
        print_zsh_text(o->argument);
        printf(":%s", wants_directory(o) ? "_files -/" : wants_file(o) ? "_files" : "");
    }
    printf("' \\\n");
}

static void print_zsh(void)
{
    printf("#compdef weft\n# weft completion for zsh: weft completion zsh > a directory of $fpath/_weft\n"
           "_weft()\n{\n    local verb=run\n    local -a verbs=(\n");
    for (const Verb *const *v = all_verbs; *v; v++) {
        printf("        '%s:", (*v)->name);
        print_zsh_text((*v)->summary);
        printf("'\n");
    }
    printf("    )\n"
           "    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
           "        _describe verb verbs\n        _files\n        return\n    fi\n"
           "    case $words[2] in\n");
    for (const Verb *const *v = all_verbs; *v; v++) {
        if (*v == &verb_run) continue;
        printf("    %s)\n        _arguments \\\n", (*v)->name);
        for (const Option *o = (*v)->options; o && o->name; o++) print_zsh_option(o);
        printf("            '--help[print help]' '*:file:_files' ;;\n");
    }
    printf("    *)\n        _arguments \\\n");
    for (const Option *o = verb_run.options; o->name; o++) print_zsh_option(o);
    printf("            '--help[print help]' '*:file:_files' ;;\n"
           "    esac\n}\ncompdef _weft weft\n");
}

// --- fish --------------------------------------------------------------------------

static void print_fish_text(const char *text)
{
    putchar('\'');
    for (; *text && *text != '\n'; text++) {
        if (*text == '\'' || *text == '\\') putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void print_fish(void)
{
    printf("# weft completion for fish: weft completion fish > ~/.config/fish/completions/weft.fish\n");
    for (const Verb *const *v = all_verbs; *v; v++) {
        printf("complete -c weft -n __fish_use_subcommand -a %s -d ", (*v)->name);
        print_fish_text((*v)->summary);
        putchar('\n');
        for (const Option *o = (*v)->options; o && o->name; o++) {
            printf("complete -c weft -n '__fish_seen_subcommand_from %s' -l %s", (*v)->name, o->name);
            if (o->letter) printf(" -s %c", o->letter);
            if (o->argument) printf(" -r");
            printf(" -d ");
            print_fish_text(o->help);
            putchar('\n');
        }
    }
}

// --- the verb ----------------------------------------------------------------------

static const struct {
    const char *shell;
    void (*print)(void);
} completions[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

static int completion_main(const Verb *verb, int argc, char **argv)
{
    int code;
    u8 no_values;
    if (!verb_options_read(verb, &argc, argv, &no_values, &code)) return code;
    if (argc != 1) return complain_usage(verb, "completion wants bash, zsh or fish");
    for (size_t i = 0; i < COUNT_OF(completions); i++) {
        if (strcmp(argv[0], completions[i].shell) != 0) continue;
        completions[i].print();
        return EXIT_FINE;
    }
    return complain_usage(verb, "there is no completion for '%s', only for bash, zsh and fish",
                          argv[0]);
}

const Verb verb_completion = {
    .name = "completion",
    .usage = "SHELL",
    .summary = "print what makes TAB complete verbs and options: bash, zsh, fish",
    .examples = "source <(weft completion bash)\n"
                "weft completion fish > ~/.config/fish/completions/weft.fish",
    .main = completion_main,
};
