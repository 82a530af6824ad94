/* The historical gadget: starts an execution of a report, polls until it is ready, shows its rows,
 * and does so again after refreshRate seconds. */
(function () {
    'use strict';

    const POLL_MS = 1000;
    const QUERY = '?reportExecutionType=historical&reportExecutionMode=DEFAULT';

    const wait = (ms) => new Promise((resolve) => {
        setTimeout(resolve, ms);
    });

    /** The rows of one execution. */
    async function execute(view, filters) {
        const started = await CuicGadget.rest('POST', 'reports/execute/newRest/' + QUERY, {
            reportId: view.reportId,
            hardRefresh: true,
            filter: {
                repType: 'STPROC',
                filterParams: filters.map((filter) => ({
                    paramId: filter.name,
                    paramType: 'VALUELIST',
                    value: [filter.value],
                })),
            },
        });
        for (;;) {
            const answer = await CuicGadget.rest(
                'GET', 'reports/execute/' + started.dataSetId + QUERY);
            const result = answer.executionResult;
            if (result.status === 'READY')
                return JSON.parse(result.jsonData);
            if (result.status !== 'RUNNING')
                throw new Error('The report failed: ' + (result.errorType || result.status));
            await wait(POLL_MS);
        }
    }

    async function run() {
        await CuicGadget.loadFinesse();
        const views = CuicGadget.views().slice(0, 1); // a historical gadget has one
        const frame = new CuicGrid.Frame(views, {view: () => {}, pause: null});
        if (views.length === 0) {
            frame.say('The URL of this gadget has no viewId.', true);
            return;
        }
        const refresh = Number(CuicGadget.parameters.refreshRate);
        for (;;) {
            try {
                await show(frame, views[0]);
            } catch (e) {
                frame.fail(e);
            }
            if (!(refresh > 0))
                return;
            await wait(refresh * 1000);
        }
    }

    async function show(frame, view) {
        frame.say('Running ' + view.id);
        const description = await CuicGadget.describe(view.id);
        const rows = await execute(
            description, view.filters.concat(CuicGadget.reportFilters()));
        if (!frame.grid)
            frame.setGrid(description);
        frame.grid.isStill = true; // these numbers are of one moment
        frame.grid.setRows(rows);
        frame.reasons.clear();
        frame.say('As of ' + new Date().toLocaleTimeString());
    }

    run();
}());
