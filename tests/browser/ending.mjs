/* What must not outlive a test file: programs that were started, temporary folders. Whatever is
 * still registered when the process ends, by Ctrl-C or a failure too, is undone then. (Killed by
 * SIGKILL it cannot be: see lab.mjs for what happens to the programs.) */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const undone = new Set();

/** Have `undo` called when the process ends; it may not wait for anything.
 * @returns a function that calls it now, and only once */
export function atEnd(undo) {
    undone.add(undo);
    return () => {
        if (undone.delete(undo))
            undo();
    };
}

process.on('exit', () => {
    for (const undo of [...undone].reverse()) {
        try {
            undo();
        } catch (error) {
            console.error(`at the end: ${error.message}`);
        }
    }
});
for (const [name, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]])
    process.on(name, () => process.exit(128 + number));

/** A folder of our own.
 * @returns {path, remove()} */
export function temporaryFolder() {
    const path = mkdtempSync(join(tmpdir(), 'cuicsim-browser-'));
    const remove = atEnd(() => rmSync(path, {recursive: true, force: true, maxRetries: 5}));
    return {path, remove};
}
