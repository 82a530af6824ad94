/* Elements are made here and nowhere from markup: whatever a client sent is text. */

/** An element: h('p', {class: 'x', onclick: fn, hidden: true}, 'text', child, [more]). */
export function h(tag, props = {}, ...children) {
    return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function s(tag, props = {}, ...children) {
    return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function fill(element, props, children) {
    for (const [name, value] of Object.entries(props)) {
        if (value === undefined || value === null || value === false)
            continue;
        if (typeof value === 'function')
            element.addEventListener(name.slice(2), value);
        else
            element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false));
    return element;
}

export const $ = id => document.getElementById(id);

export function replace(element, ...children) {
    element.replaceChildren(...children.flat(Infinity).filter(Boolean));
    return element;
}

/** Only what a screen reader says. */
export const unseen = text => h('span', {class: 'unseen'}, text);

/* Characters that do not show, or that turn the direction of what follows. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]/g;

/** A client's text with what does not show made visible. */
export function plain(text) {
    return String(text ?? '').replace(HIDDEN, c => {
        const code = c.codePointAt(0);
        return code < 0x20 ? String.fromCodePoint(0x2400 + code)
            : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
    });
}

/** A button that copies a text, and says so. */
export function copyButton(text, what) {
    const label = h('span', {}, 'Copy');
    const button = h('button', {type: 'button', class: 'copy', 'aria-label': `Copy ${what}`,
        onclick: async () => {
            try {
                await navigator.clipboard.writeText(text);
                label.textContent = 'Copied';
                say(`Copied ${what}`);
            } catch {
                label.textContent = 'Not allowed';
                say('The browser does not allow to copy');
            }
            setTimeout(() => { label.textContent = 'Copy'; }, 2000);
        }}, label);
    return button;
}

let said = 0;

/** Tell a screen reader, once what it says now is said. */
export function say(text) {
    /* The same words twice are not a change, and would not be said. */
    $('live').textContent = text + (said++ % 2 ? '\u00a0' : '');
}

const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit',
    second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23'});
export const timeOf = ms => clock.format(new Date(ms));

const day = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium'});
export const dayOf = ms => day.format(new Date(ms));

export function durationOf(us) {
    if (us < 1000)
        return `${us} µs`;
    return us < 1e6 ? `${(us / 1000).toFixed(us < 1e4 ? 2 : 0)} ms` : `${(us / 1e6).toFixed(1)} s`;
}

export const plural = (n, one, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;
