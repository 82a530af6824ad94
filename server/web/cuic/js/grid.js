/* The table of a report, and the bar above it. What a column shows is said by the view that CUIC
 * describes: where in a message its value is, and in which format. */
(function () {
    'use strict';

    /** "00:01:05"; as many digits of hours as it takes. */
    function clock(ms) {
        const s = Math.floor(ms / 1000);
        return [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60]
            .map((n) => String(n).padStart(2, '0')).join(':');
    }

    function find(message, path) {
        return path.split('.').reduce((at, name) => at === undefined || at === null
            ? undefined : at[name], message);
    }

    function nameOf(view) {
        return view.reportName + ' - ' + view.viewName;
    }

    function make(tag, attributes, ...children) {
        const element = document.createElement(tag);
        Object.entries(attributes || {}).forEach(([name, value]) => {
            element.setAttribute(name, value);
        });
        element.append(...children);
        return element;
    }

    /** What a cell shows: a text, and if it is a time its milliseconds at a moment. */
    function cellOfRow(column, row) {
        return {text: String(row[column.title]), ms: row[column.title + ' (ms)'], at: Date.now()};
    }

    function cellOfMessage(column, message) {
        const values = column.paths.map((path) => find(message, path));
        if (column.format === 'clock' || column.format === 'counting')
            return {ms: values[0], at: Date.now()};
        const text = values.join(' ');
        return {text: column.labels && column.labels[text] || text};
    }

    function textOf(column, cell) {
        if (cell.ms === undefined)
            return cell.text;
        const goesOn = column.format === 'counting' && cell.ms > 0;
        return clock(cell.ms + (goesOn ? Date.now() - cell.at : 0));
    }

    /** A table of rows that have a key. */
    class Grid {
        constructor(view) {
            this.view = view;
            this.rows = new Map(); // key to {cells, tr, tds}
            this.words = '';
            this.sorted = {column: -1, isUp: true};
            this.heads = view.columns.map((column, i) => this.makeHead(column, i));
            this.body = make('tbody');
            const head = make('thead', {}, make('tr', {}, ...this.heads));
            this.element = make('div', {
                class: 'cuic-table',
                tabindex: '0',
                role: 'region',
                'aria-label': nameOf(view),
            }, make('table', {}, make('caption', {}, nameOf(view)), head, this.body));
            this.timer = setInterval(() => this.tick(), 1000);
        }

        makeHead(column, i) {
            const button = make('button', {type: 'button'}, column.title);
            button.onclick = () => this.sortBy(i);
            return make('th', {scope: 'col'}, button);
        }

        /** Replace all rows by those of a report. */
        setRows(rows) {
            this.rows.clear();
            rows.forEach((row) => {
                const key = String(row[this.view.keyColumn]);
                this.add(key, this.view.columns.map((column) => cellOfRow(column, row)));
            });
            this.arrange();
        }

        add(key, cells) {
            const tds = cells.map(() => make('td'));
            const row = {cells: cells, tds: tds, tr: make('tr', {}, ...tds)};
            this.rows.set(key, row);
            this.show(row);
        }

        /** A message about one row. @return whether it is one of these */
        update(message) {
            const row = this.rows.get(message.id);
            if (!row)
                return false;
            row.cells = this.view.columns.map((column) => cellOfMessage(column, message));
            this.show(row);
            return true;
        }

        show(row) {
            this.view.columns.forEach((column, i) => {
                const text = textOf(column, row.cells[i]);
                if (row.tds[i].textContent !== text)
                    row.tds[i].textContent = text;
            });
        }

        tick() {
            if (this.view.columns.some((column) => column.format === 'counting') && !this.isStill)
                this.rows.forEach((row) => this.show(row));
            if (this.sorted.column >= 0 || this.words)
                this.arrange();
        }

        sortBy(i) {
            this.sorted = {column: i, isUp: this.sorted.column === i ? !this.sorted.isUp : true};
            this.heads.forEach((head, k) => {
                if (k === i)
                    head.setAttribute('aria-sort', this.sorted.isUp ? 'ascending' : 'descending');
                else
                    head.removeAttribute('aria-sort');
            });
            this.arrange();
        }

        /** Show the rows that have these words somewhere. */
        filter(words) {
            this.words = words.trim().toLowerCase();
            this.arrange();
        }

        compare(a, b) {
            const i = this.sorted.column;
            const x = a.tds[i].textContent;
            const y = b.tds[i].textContent;
            const order = x.localeCompare(y, undefined, {numeric: true});
            return this.sorted.isUp ? order : -order;
        }

        arrange() {
            let rows = Array.from(this.rows.values());
            if (this.words)
                rows = rows.filter((row) => row.tr.textContent.toLowerCase().includes(this.words));
            if (this.sorted.column >= 0)
                rows.sort((a, b) => this.compare(a, b));
            const limit = Number(CuicGadget.parameters.maxRows);
            if (limit > 0)
                rows = rows.slice(0, limit);
            const wanted = rows.map((row) => row.tr);
            const shown = Array.from(this.body.children);
            if (wanted.length !== shown.length || wanted.some((tr, i) => tr !== shown[i]))
                this.body.replaceChildren(...wanted);
        }

        end() {
            clearInterval(this.timer);
            this.element.remove();
        }
    }

    /** The gadget as a whole: a bar, a line of status, and a place for one grid. */
    class Frame {
        /** @param on  has functions: view(index), pause(isPaused) (or it is null) */
        constructor(views, on) {
            this.on = on;
            this.views = views;
            this.bar = make('div', {class: 'cuic-bar'});
            this.status = make('p', {class: 'cuic-status', role: 'status'});
            this.place = make('div', {class: 'cuic-place'});
            this.reasons = new CuicReasons();
            this.fillBar();
            const root = document.getElementById('cuic-gadget');
            new ResizeObserver(() => this.adjustHeight(root)).observe(this.reasons.element);
            const isBare = CuicGadget.parameters.hideGadgetToolbar === 'true';
            root.classList.toggle('cuic-bare', isBare);
            root.replaceChildren(...(isBare ? [] : [this.bar]), this.status, this.reasons.element,
                this.place);
            this.adjustHeight(root);
        }

        /** The gadget grows by what is explained. */
        adjustHeight(root) {
            const extra = this.reasons.element.offsetHeight;
            root.style.height = CuicGadget.height() + extra + 'px';
            CuicGadget.adjustHeight(extra);
        }

        fillBar() {
            this.select = make('select', {'aria-label': 'View'});
            this.select.onchange = () => this.on.view(this.select.selectedIndex);
            this.views.forEach((view) => {
                const option = make('option', {}, view.id);
                this.select.append(option);
                CuicGadget.describe(view.id).then((description) => {
                    option.textContent = nameOf(description);
                }, () => {}); // said when the view is shown
            });
            this.bar.append(this.select);
            if (this.on.pause) {
                this.pause = make('button', {type: 'button', class: 'cuic-pause'}, 'Pause');
                this.pause.onclick = () => this.setPaused(!this.isPaused);
                this.bar.append(this.pause);
            }
            if (CuicGadget.parameters.isDynamicFilterEnabled === 'true') {
                this.search = make('input', {type: 'search', placeholder: 'Filter',
                    'aria-label': 'Filter rows'});
                this.search.oninput = () => this.grid && this.grid.filter(this.search.value);
                this.bar.append(this.search);
            }
        }

        setPaused(isPaused) {
            this.isPaused = isPaused;
            this.pause.textContent = isPaused ? 'Play' : 'Pause';
            this.pause.classList.remove('cuic-news');
            if (this.grid)
                this.grid.isStill = isPaused;
            this.on.pause(isPaused);
        }

        /** There is something new that is not shown while paused. */
        hint() {
            this.pause.classList.add('cuic-news');
        }

        setGrid(view) {
            if (this.grid)
                this.grid.end();
            this.grid = new Grid(view);
            this.place.replaceChildren(this.grid.element);
            CuicGadget.setTitle(view.reportName);
            if (this.search)
                this.grid.filter(this.search.value);
            return this.grid;
        }

        say(text, isWrong) {
            this.status.textContent = text;
            this.status.classList.toggle('cuic-wrong', Boolean(isWrong));
        }

        /** @param error  of a request; with `request` where there was no answer at all */
        fail(error) {
            this.say(error.message, true);
            this.reasons.add(error.request);
        }
    }

    window.CuicGrid = {Frame: Frame, Grid: Grid};
}());
