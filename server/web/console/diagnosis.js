/* A diagnosis: likely mistakes, each with the commands that mend it. */
import {copyButton, h, plain} from './dom.js';

/* Commands that the console can carry out by itself. */
const ORDERS = [
    [/^utils (\S+) cors allowed_origin add (\S+)$/, (service, value) => ({action: 'add-origin', service, value})],
    [/^utils (\S+) cors enable$/, service => ({action: 'enable', service})],
    [/^utils service restart (.+)$/, value => ({action: 'restart', value})],
];

/** What /api/change would have to be asked for; null: only the shell can do it. */
function orderOf({node, command}) {
    for (const [pattern, make] of ORDERS) {
        const found = command.match(pattern);
        if (found)
            return {node, ...make(...found.slice(1))};
    }
    return null;
}

/** Carries a command out; says what came of it on its own face. */
function runButton(c, run) {
    const order = run && orderOf(c);
    if (!order)
        return null;
    const button = h('button', {type: 'button', class: 'copy', 'aria-label': `Run the command on ${c.node}`, onclick: async () => {
        button.textContent = await run(order) ? 'Done' : 'Failed';
    }}, 'Run');
    return button;
}

const CERTAINTY = {certain: 'certain', likely: 'likely', possible: 'possible'};

function commandList(commands, run) {
    return h('ol', {class: 'commands'}, commands.map(c => h('li', {},
        h('span', {class: 'node-chip'}, plain(c.node)),
        h('code', {}, h('span', {class: 'prompt', 'aria-hidden': 'true'}, 'admin:'), plain(c.command)),
        runButton(c, run), copyButton(c.command, `the command for ${c.node}`))));
}

function mistake(d, run) {
    return h('li', {class: `mistake ${d.certainty}`},
        h('p', {class: 'mistake-head'}, h('span', {class: 'certainty'}, CERTAINTY[d.certainty] ?? d.certainty),
            h('span', {class: 'code'}, d.mistake)),
        h('p', {}, plain(d.why)),
        d.commands.length > 0 ? commandList(d.commands, run) : null);
}

/** @param all  how many are shown at once; the others are folded
 *  @param run  carries an order of /api/change out, and resolves to whether it worked; null: nobody may */
export function diagnosisList(diagnosis, {all = 2, run = null} = {}) {
    const list = diagnosis?.diagnoses ?? [];
    if (list.length === 0)
        return h('p', {class: 'quiet'}, 'Nothing to mend on the server.');
    const first = list.slice(0, all);
    const rest = list.slice(all);
    return h('div', {class: 'diagnosis'}, h('ol', {class: 'mistakes'}, first.map(d => mistake(d, run))),
        rest.length > 0 ? h('details', {}, h('summary', {}, `${rest.length} less likely`),
            h('ol', {class: 'mistakes', start: all + 1}, rest.map(d => mistake(d, run)))) : null);
}
