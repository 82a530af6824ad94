/* A life cycle as a sequence diagram: three lanes, arrows and notes, a number at each step. */
import {h, plain, s} from './dom.js';

const LANES = ['Gadget', 'Browser', 'Server'];
const HEAD = 44;
const LINE = 15; /* of small text */
const GAP = 16;
const MARK = {ok: '✓', fail: '✕', after: '✕'};

const pen = document.createElement('canvas').getContext('2d');

/** The longest beginning of a text that fits a width. */
function fitting(text, width) {
    let low = 1;
    for (let high = text.length; low < high;) {
        const middle = Math.ceil((low + high) / 2);
        if (pen.measureText(text.slice(0, middle)).width <= width)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/** Where to break a line of which n characters fit: at a blank if there is a good one, else within
 *  a URL where its parts meet. */
function breakOf(line, n, width) {
    const blank = line.lastIndexOf(' ', n);
    if (blank > n / 3 || (blank > 0 && pen.measureText(line.slice(blank + 1)).width <= width))
        return blank + 1;
    const joint = Math.max(line.lastIndexOf('/', n - 1) + 1, line.lastIndexOf(':', n - 1), line.lastIndexOf('.', n - 1));
    return joint > n / 3 ? joint : n;
}

/** Lines of a width, at most two unless the text has line ends of its own. */
function wrap(text, width, font) {
    pen.font = font;
    const most = text.split('\n').length + 1;
    const lines = [];
    let rest = text;
    while (rest !== '' && lines.length < most) {
        const end = rest.indexOf('\n');
        const line = end < 0 ? rest : rest.slice(0, end);
        let n = fitting(line, width);
        if (n < line.length)
            n = breakOf(line, n, width);
        lines.push(line.slice(0, n).trimEnd());
        rest = rest.slice(n).replace(/^\n/, '');
    }
    if (rest !== '')
        lines[lines.length - 1] = `${lines.at(-1).slice(0, -1).trimEnd()}…`;
    return lines;
}

/** Pixels of the longest line. */
function widest(lines, font) {
    pen.font = font;
    return Math.max(0, ...lines.map(line => pen.measureText(line).width));
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
    const title = wrap(plain(step.title), box.span - 30, box.bold);
    const detail = wrap(plain(step.detail), box.span - 22, box.small);
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
    const most = Math.min(box.span * 1.5, box.width - 24) - 52;
    const title = wrap(plain(step.title), most, box.bold);
    const detail = wrap(plain(step.detail), most, box.small);
    const width = Math.ceil(Math.max(widest(title, box.bold), widest(detail, box.small))) + 54;
    const left = Math.min(Math.max(x[step.at] - width / 2, 12), box.width - width - 2);
    const height = (title.length + detail.length) * LINE + 14;
    const parts = [
        s('rect', {x: left, y, width, height, rx: 8, class: 'box'}),
        s('text', {x: left + 24, y: y + LINE + 4, class: 'mark', 'text-anchor': 'middle'}, MARK[step.state] ?? '·'),
        ...textLines(title, left + 38, y + LINE + 3, 'title', 'start'),
        ...textLines(detail, left + 38, y + (title.length + 1) * LINE + 3, 'small', 'start'),
    ];
    return {parts, at: y + height / 2, start: left, right: left + width, height: height + GAP};
}

function drawStep(step, i, x, y, box, isFailed) {
    const space = isFailed ? 14 : 0; /* for the flag */
    const made = (step.kind === 'arrow' ? arrow : note)(step, x, y + space, box);
    const number = [s('circle', {cx: made.start, cy: made.at, r: 10, class: 'number'}),
        s('text', {x: made.start, y: made.at + 4, class: 'digit', 'text-anchor': 'middle'}, String(i + 1))];
    const flag = isFailed ? failFlag(made, y + space) : [];
    return {group: s('g', {class: `step ${step.kind} ${step.state}`}, s('title', {}, plain(`${step.title} ${step.detail}`)),
                     made.parts, number, flag), height: made.height + space};
}

/** "fails here", on the upper edge of a note. */
function failFlag({right}, y) {
    const width = 74;
    const left = right - width - 10;
    return [s('rect', {x: left, y: y - 17, width, height: 20, rx: 10, class: 'flag'}),
            s('text', {x: left + width / 2, y: y - 3, class: 'flag-text', 'text-anchor': 'middle'}, 'fails here')];
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
