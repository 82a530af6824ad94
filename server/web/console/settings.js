/* What is configured and what is running, side by side, and what may be changed. */
import {change, get} from './api.js';
import {$, h, plain, plural, replace, say} from './dom.js';

export const SERVICE = {cuic: 'CUIC', 'live-data': 'Live Data', finesse: 'Finesse'};
const MODE = {disabled: 'disabled', enabled: 'enabled', enable_all: 'enabled for any origin'};
const LISTS = [['allowed_origin', 'Allowed origins'], ['allowed_headers', 'Allowed headers'],
               ['exposed_headers', 'Exposed headers']];

/** Entries of both stages in their order, with where they are. */
function compare(configured, running) {
    const both = configured.map(value => ({value, in: running.includes(value) ? 'both' : 'configured'}));
    return [...both, ...running.filter(v => !configured.includes(v)).map(value => ({value, in: 'running'}))];
}

const differs = p => p.configured.mode !== p.running.mode ||
    p.configured.private_network !== p.running.private_network ||
    LISTS.some(([name]) => p.configured[name].join() !== p.running[name].join());

const MISSING = {configured: 'runs after a restart', running: 'runs until a restart'};

function cell(isThere, value, mark, button) {
    return h('td', {class: isThere ? mark ? 'differs' : '' : 'absent'},
        h('div', {class: 'entry'}, h('span', {}, isThere ? value : '—'), isThere && button),
        mark && isThere ? h('span', {class: 'badge'}, mark) : null);
}

export class Settings {
    constructor(element, lab, {canChange, onChange}) {
        Object.assign(this, {element, lab, canChange, onChange});
        this.state = null;
        this.error = null; /* of reading the settings */
        this.failure = null; /* of the last order, until the next one */
        this.asked = this.known = 0; /* questions; the latest one whose answer is here */
        for (const end of ['pointerup', 'pointercancel', 'keyup'])
            window.addEventListener(end, () => setTimeout(() => this.isLate && this.render()));
    }

    async load() {
        const question = ++this.asked;
        const found = await get('/api/state').then(state => ({state, error: null}), ({message}) => ({error: message}));
        if (question < this.known)
            return; /* it was overtaken: what is shown is newer */
        this.known = question;
        Object.assign(this, found);
        this.render();
        this.watchClock();
    }

    /** A service that starts or stops changes by itself. */
    watchClock() {
        clearTimeout(this.timer);
        const untils = (this.state?.nodes ?? []).flatMap(n => n.services.map(s => s.until)).filter(u => u > 0);
        if (untils.length > 0)
            this.timer = setTimeout(() => this.load(), Math.max(100, Math.min(...untils) - this.state.now + 50));
    }

    /** All origins that are listed anywhere, for the form of the explanation. */
    origins() {
        const policies = (this.state?.nodes ?? []).flatMap(n => n.policies);
        return [...new Set(policies.flatMap(p => [...p.configured.allowed_origin, ...p.running.allowed_origin]))].sort();
    }

    /** Everything is made anew; what was typed, unfolded and focused stays. Not while something is
     *  pressed: a button that is replaced under the pointer is never clicked. */
    render() {
        this.isLate = this.element.matches(':active');
        if (this.isLate)
            return;
        const active = this.element.contains(document.activeElement) ? document.activeElement : null;
        const near = active?.closest('.policy')?.querySelector('input')?.id; /* when its button is gone */
        const typed = [...this.element.querySelectorAll('input')].map(i => [i.id, i.value]);
        const open = [...this.element.querySelectorAll('details[open]')].map(d => d.id);
        replace(this.element, [this.error, this.failure].map(text => text && h('p', {class: 'problem'}, text)),
            this.state ? [this.overview(), this.state.nodes.map(n => this.node(n)), this.labTools()] : null);
        for (const [id, value] of typed)
            if ($(id))
                $(id).value = value;
        open.forEach(id => $(id)?.setAttribute('open', ''));
        if (active)
            ($(active.id) ?? $(near))?.focus();
    }

    /* ---- who is listed where ---- */

    overview() {
        const columns = this.state.nodes.flatMap(n => n.policies.filter(p => p.service !== 'finesse')
            .map(p => ({node: n.name, policy: p})));
        const origins = [...new Set(columns.flatMap(c => [...c.policy.configured.allowed_origin,
                                                          ...c.policy.running.allowed_origin]))].sort();
        if (columns.length === 0)
            return null;
        return h('div', {class: 'card'},
            h('h3', {}, 'Who is listed where'),
            origins.length === 0 ? h('p', {class: 'quiet'}, 'No origin is listed on any node.') :
                h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Origins by node and service'},
                    h('table', {class: 'matrix'},
                        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Origin'),
                            columns.map(c => h('th', {scope: 'col'}, c.node, h('span', {}, SERVICE[c.policy.service]))))),
                        h('tbody', {}, origins.map(o => this.originRow(o, columns))))));
    }

    originRow(origin, columns) {
        const cells = columns.map(({policy: p}) => {
            const [c, r] = [p.configured.allowed_origin.includes(origin), p.running.allowed_origin.includes(origin)];
            const [text, sign, name] = c && r ? ['listed', '✓', 'yes'] : c ? [MISSING.configured, '◐', 'half']
                : r ? [MISSING.running, '◑', 'half'] : ['not listed', '✕', 'no'];
            return h('td', {class: name}, h('span', {'aria-hidden': 'true'}, `${sign} `), text);
        });
        return h('tr', {}, h('th', {scope: 'row'}, plain(origin)), cells);
    }

    /* ---- a node ---- */

    node(n) {
        const {hostname, role} = this.lab.nodes.find(l => l.name === n.name);
        const down = n.services.filter(s => s.state !== 'STARTED' && s.kind !== 'not-activated');
        return h('article', {class: 'card node-card', 'aria-label': `Node ${n.name}`},
            h('header', {class: 'node-head'}, h('h3', {}, n.name), h('p', {}, `${hostname} · ${role}`),
                h('p', {class: down.length ? 'state-down' : 'state-up'},
                    down.length ? `${plural(down.length, 'service')} not started` : 'all services started')),
            h('div', {class: 'policies'}, n.policies.map(p => this.policy(n, p))),
            this.services(n));
    }

    policy(n, p) {
        const id = `${n.name}-${p.service}`;
        return h('section', {class: 'policy', 'aria-labelledby': `head-${id}`},
            h('div', {class: 'policy-head'}, h('h4', {id: `head-${id}`}, SERVICE[p.service]),
                differs(p) ? h('p', {class: 'waits'}, `Changes wait for a restart of ${p.restarts.join(', ')}`)
                    : h('p', {class: 'quiet'}, 'running as configured')),
            h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `${n.name}, ${SERVICE[p.service]}: configured and running`},
                h('table', {class: 'stages'},
                    h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'configured'), h('th', {scope: 'col'}, 'running'))),
                    this.modeRow(n, p), p.service === 'cuic' ? this.networkRow(p) : null,
                    LISTS.map(([name, title]) => this.listRows(n, p, name, title)))),
            this.canChange() && this.addForm(n, p, id));
    }

    group(title, ...rows) {
        return h('tbody', {}, h('tr', {class: 'group'}, h('th', {colspan: 2, scope: 'rowgroup'}, title)), rows);
    }

    pair(title, c, r, button) {
        const mark = c === r ? '' : MISSING.configured;
        return this.group(title, h('tr', {}, cell(true, c, mark, button), cell(true, r, mark && MISSING.running)));
    }

    /** Finesse can also be enabled for any origin. */
    modeRow(n, p) {
        const words = {enable: 'Enable', disable: 'Disable', 'enable-all': 'Enable for any origin'};
        const modes = {disabled: 'disable', enabled: 'enable', enable_all: 'enable-all'};
        const button = action => h('button', {type: 'button', id: `${action}-${n.name}-${p.service}`,
            'aria-label': `${words[action]}: CORS for ${SERVICE[p.service]} on ${n.name}`,
            onclick: () => this.order({action, node: n.name, service: p.service})}, words[action]);
        const others = Object.entries(modes).filter(([mode]) => mode !== p.configured.mode &&
            (mode !== 'enable_all' || p.service === 'finesse'));
        return this.pair('CORS', MODE[p.configured.mode], MODE[p.running.mode],
            this.canChange() && h('span', {class: 'buttons'}, others.map(([, action]) => button(action))));
    }

    networkRow(p) {
        const word = on => on ? 'allowed' : 'not allowed';
        return this.pair('Private network access', word(p.configured.private_network), word(p.running.private_network));
    }

    listRows(n, p, name, title) {
        const entries = compare(p.configured[name], p.running[name]);
        const rows = entries.map(e => h('tr', {},
            cell(e.in !== 'running', plain(e.value), e.in === 'configured' ? MISSING.configured : '', this.deleteButton(n, p, name, e)),
            cell(e.in !== 'configured', plain(e.value), e.in === 'running' ? MISSING.running : '')));
        const none = () => h('td', {class: 'absent'}, this.builtinCount(p, name) ? 'none added' : 'none');
        return this.group([title, this.builtin(n, p, name)], rows.length > 0 ? rows : h('tr', {}, none(), none()));
    }

    builtinCount(p, name) {
        return p.builtin[name]?.length ?? 0;
    }

    builtin(n, p, name) {
        const names = p.builtin[name] ?? [];
        return names.length === 0 ? null : h('details', {class: 'builtin', id: `builtin-${n.name}-${p.service}-${name}`},
            h('summary', {}, `and ${names.length} built in`), h('span', {}, names.join(', ')));
    }

    deleteButton(n, p, name, e) {
        return this.canChange() && name === 'allowed_origin' && h('button', {type: 'button', class: 'delete',
            'aria-label': `Delete ${e.value} of ${SERVICE[p.service]} on ${n.name}`,
            title: 'Delete',
            onclick: () => this.order({action: 'delete-origin', node: n.name, service: p.service, value: e.value})}, '✕');
    }

    addForm(n, p, id) {
        const input = h('input', {id: `add-${id}`, type: 'text', placeholder: 'https://host[:port]', autocomplete: 'off',
            spellcheck: 'false', 'aria-label': `Origin to add for ${SERVICE[p.service]} on ${n.name}`});
        return h('form', {class: 'add', onsubmit: async event => {
            event.preventDefault();
            if (await this.order({action: 'add-origin', node: n.name, service: p.service, value: input.value.trim()}))
                $(input.id).value = '';
        }}, input, h('button', {}, 'Add origin'));
    }

    /* ---- services ---- */

    services(n) {
        const matters = s => s.carries.length > 0 || s.state !== 'STARTED';
        const isQuiet = s => !matters(s) || s.kind === 'not-activated';
        const item = s => h('li', {class: `service ${s.state.toLowerCase()}`},
            h('span', {class: 'service-state'}, s.kind === 'not-activated' ? 'NOT ACTIVATED' : s.state), ' ', s.name,
            this.canChange() && s.kind !== 'not-activated' && h('button', {type: 'button', id: `restart-${n.name}-${s.name.replaceAll(' ', '-')}`, 'aria-label': `Restart ${s.name} on ${n.name}`,
                onclick: () => this.order({action: 'restart', node: n.name, value: s.name})}, 'Restart'));
        return h('div', {class: 'services'}, h('h4', {}, 'Services that answers depend on'),
            h('ul', {}, n.services.filter(s => !isQuiet(s)).map(item)),
            h('details', {id: `others-${n.name}`}, h('summary', {}, `${n.services.filter(isQuiet).length} others`),
                h('ul', {}, n.services.filter(isQuiet).map(item))));
    }

    /* ---- changes ---- */

    labTools() {
        if (!this.canChange())
            return null;
        const button = (text, question, order) => h('button', {type: 'button', onclick: () => this.confirm(question, order)}, text);
        return h('div', {class: 'card tools'}, h('h3', {}, 'The whole lab'),
            h('p', {class: 'quiet'}, 'On all nodes, configured and running. The audit log stays.'),
            button('Reset to the article', 'Put every node into the article’s state? All settings are replaced.', {action: 'reset', value: 'article'}),
            button('Reset to factory', 'Put every node into a fresh node’s state? All settings are replaced.', {action: 'reset', value: 'factory'}),
            button('Clear the trace', 'Delete all recorded exchanges?', {action: 'clear-trace'}));
    }

    confirm(question, order) {
        const dialog = h('dialog', {'aria-labelledby': 'question'}, h('p', {id: 'question'}, question),
            h('form', {method: 'dialog'}, h('button', {value: ''}, 'Cancel'), h('button', {value: 'yes', class: 'danger'}, 'Do it')));
        document.body.append(dialog);
        dialog.addEventListener('close', () => {
            dialog.remove();
            if (dialog.returnValue === 'yes')
                this.order(order);
        });
        dialog.showModal();
    }

    async order(order) {
        try {
            this.failure = null;
            const done = await change(order);
            say(done.changed ? `Done: ${done.command}` : 'Nothing to change');
            this.onChange(order, done);
            await this.load();
            return true;
        } catch (error) {
            this.failure = error.message;
            this.render();
            say(error.message);
            return false;
        }
    }
}
