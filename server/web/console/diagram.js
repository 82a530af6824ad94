/* A life cycle as a sequence diagram: three lanes, arrows and notes, a number at each step. */
import {h, plain, s} from './dom.js';

const LANES = ['Gadget', 'Browser', 'Server'];
const HEAD = 44;
const LINE = 15; /* of small text */
const GAP = 16;
const MARK = {ok: '✓', fail: '✕', after: '✕'};

const pen = document.createElement('canvas').getContext('2d');

/** At most two lines of a width. */
function wrap(text, width, font) {
    pen.font = font;
    const fits = t => pen.measureText(t).width <= width;
    const lines = [];
    let rest = text;
    while (rest !== '' && lines.length < 2) {
        let n = rest.length;
        if (!fits(rest)) {
            let low = 1;
            for (let high = rest.length; low < high;) { /* the longest beginning that fits */
                const middle = Math.ceil((low + high) / 2);
                if (fits(rest.slice(0, middle)))
                    low = middle;
                else
                    high = middle - 1;
            }
            const blank = rest.lastIndexOf(' ', low);
            n = lines.length === 0 && blank > low / 3 ? blank + 1 : low;
        }
        lines.push(rest.slice(0, n));
        rest = rest.slice(n);
    }
    if (rest !== '')
        lines[1] = `${lines[1].slice(0, -1).trimEnd()}…`;
    return lines;
}

function fontOf(element, weight, size) {
    return `${weight} ${size}px ${getComputedStyle(element).fontFamily}`;
}

function textLines(lines, x, y, className, anchor) {
    return lines.map((line, i) => s('text', {x, y: y + i * LINE, class: className, 'text-anchor': anchor}, line));
}

function arrow(step, x, y, box) {
    const [from, to] = [x[step.from], x[step.to]];
    const sign = to > from ? 1 : -1;
    const title = wrap(plain(step.title), box.span - 34, box.bold);
    const detail = wrap(plain(step.detail), box.span - 34, box.small);
    const middle = (from + to) / 2 + sign * 4;
    const top = y + LINE;
    const at = top + (title.length - 1) * LINE + 9;
    const below = at + LINE + 2;
    const parts = [
        ...textLines(title, middle, top, 'title', 'middle'),
        s('line', {x1: from, x2: to - sign * 8, y1: at, y2: at, class: 'shaft'}),
        s('path', {d: `M${to - sign * 10} ${at - 5}L${to - sign * 1} ${at}L${to - sign * 10} ${at + 5}Z`, class: 'tip'}),
        ...textLines(detail, middle, below, 'small', 'middle'),
    ];
    return {parts, at, start: from, height: below - y + (detail.length - 1) * LINE + GAP - (detail.length ? 0 : LINE)};
}

function note(step, x, y, box) {
    const width = Math.min(box.span * (step.at === 1 ? 1.5 : 1.25), box.width - 8);
    const inner = width - 44;
    const title = wrap(plain(step.title), inner, box.bold);
    const detail = wrap(plain(step.detail), inner, box.small);
    const left = Math.min(Math.max(x[step.at] - width / 2, 4), box.width - width - 4);
    const height = (title.length + detail.length) * LINE + 14;
    const parts = [
        s('rect', {x: left, y, width, height, rx: 8, class: 'note'}),
        ...textLines(title, left + 32, y + LINE + 3, 'title', 'start'),
        ...textLines(detail, left + 32, y + (title.length + 1) * LINE + 3, 'small', 'start'),
        s('text', {x: left + 16, y: y + LINE + 4, class: 'mark', 'text-anchor': 'middle'}, MARK[step.state] ?? '·'),
    ];
    return {parts, at: y + height / 2, height: height + GAP};
}

function drawStep(step, i, x, y, box, isFailed) {
    const made = (step.kind === 'arrow' ? arrow : note)(step, x, y, box);
    const number = step.kind === 'arrow'
        ? [s('circle', {cx: made.start, cy: made.at, r: 10, class: 'number'}),
           s('text', {x: made.start, y: made.at + 4, class: 'digit', 'text-anchor': 'middle'}, String(i + 1))]
        : [];
    const flag = isFailed ? failFlag(step, x, y, box) : [];
    return {group: s('g', {class: `step ${step.kind} ${step.state}`}, s('title', {}, plain(`${step.title} ${step.detail}`)),
                     made.parts, number, flag), height: made.height};
}

/** "fails here", above the right end of a note. */
function failFlag(step, x, y, box) {
    const width = 74;
    const left = Math.min(x[step.at ?? step.to] + box.span * 0.62, box.width - 4) - width - 8;
    return [s('rect', {x: left, y: y - 10, width, height: 20, rx: 10, class: 'flag'}),
            s('text', {x: left + width / 2, y: y + 4, class: 'flag-text', 'text-anchor': 'middle'}, 'fails here')];
}

/** @returns an element that draws itself anew when it gets another width */
export function diagram(story) {
    const holder = h('div', {class: 'diagram', 'aria-hidden': 'true'});
    let width = 0;
    new ResizeObserver(([entry]) => {
        const now = Math.round(entry.contentRect.width);
        if (now > 0 && now !== width) {
            width = now;
            holder.replaceChildren(draw(story, holder, now));
        }
    }).observe(holder);
    return holder;
}

function draw(story, holder, width) {
    const edge = Math.max(42, Math.min(110, width * 0.13));
    const x = [edge, width / 2, width - edge];
    const box = {width, span: x[1] - x[0], bold: fontOf(holder, 600, 13), small: fontOf(holder, 400, 12)};
    const groups = [];
    let y = HEAD + 14;
    story.steps.forEach((step, i) => {
        const {group, height} = drawStep(step, i, x, y, box, i === story.failed);
        groups.push(group);
        y += height;
    });
    return s('svg', {viewBox: `0 0 ${width} ${y}`, width, height: y},
        x.map(at => s('line', {x1: at, x2: at, y1: HEAD, y2: y, class: 'lane'})),
        x.map((at, i) => [s('rect', {x: at - 40, y: 8, width: 80, height: 28, rx: 6, class: 'actor'}),
                          s('text', {x: at, y: 27, class: 'actor-name', 'text-anchor': 'middle'}, LANES[i])]),
        groups);
}

const WHO = ['the gadget', 'the browser', 'the server'];
const SAID = {fail: 'fails here', after: 'follows from that', skip: 'does not happen', open: 'not seen'};

/** The same as a list: for narrow screens, and for those who listen. */
export function stepList(story) {
    return h('ol', {class: 'steps'}, story.steps.map(step => h('li', {class: step.state},
        h('span', {class: 'who'}, step.kind === 'arrow' ? `${WHO[step.from]} to ${WHO[step.to]}` : WHO[step.at]),
        ' ', h('b', {}, plain(step.title)), step.detail ? ` ${plain(step.detail)}` : '',
        SAID[step.state] ? h('em', {}, ` (${SAID[step.state]})`) : '')));
}
