/* A diagnosis: likely mistakes, each with the commands that mend it. */
import {copyButton, h, plain} from './dom.js';

const CERTAINTY = {certain: 'certain', likely: 'likely', possible: 'possible'};

function commandList(commands) {
    return h('ol', {class: 'commands'}, commands.map(c => h('li', {},
        h('span', {class: 'node-chip'}, plain(c.node)),
        h('code', {}, h('span', {class: 'prompt', 'aria-hidden': 'true'}, 'admin:'), plain(c.command)),
        copyButton(c.command, `the command for ${c.node}`))));
}

function mistake(d) {
    return h('li', {class: `mistake ${d.certainty}`},
        h('p', {class: 'mistake-head'}, h('span', {class: 'certainty'}, CERTAINTY[d.certainty] ?? d.certainty),
            h('span', {class: 'code'}, d.mistake)),
        h('p', {}, plain(d.why)),
        d.commands.length > 0 ? commandList(d.commands) : null);
}

/** @param all  how many are shown at once; the others are folded */
export function diagnosisList(diagnosis, all = 2) {
    const list = diagnosis?.diagnoses ?? [];
    if (list.length === 0)
        return h('p', {class: 'quiet'}, 'Nothing to mend on the server.');
    const first = list.slice(0, all);
    const rest = list.slice(all);
    return h('div', {class: 'diagnosis'}, h('ol', {class: 'mistakes'}, first.map(mistake)),
        rest.length > 0 ? h('details', {}, h('summary', {}, `${rest.length} less likely`),
            h('ol', {class: 'mistakes', start: all + 1}, rest.map(mistake))) : null);
}
