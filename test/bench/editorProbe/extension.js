// Sets a tracepoint on every line with `hit(`, and writes once a second how late timers are in the extension host, and how large it is.
const vscode = require('vscode');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const INTERVAL_MS = 20;

exports.activate = async () => {
  const folder = vscode.workspace.workspaceFolders[0].uri;
  const uri = vscode.Uri.joinPath(folder, 'flood.c');
  const document = await vscode.workspace.openTextDocument(uri);
  const lines = document
    .getText()
    .split('\n')
    .flatMap((text, i) => (/^ {4}hit\(/.test(text) ? [i] : []));
  if (vscode.debug.breakpoints.length === 0)
    vscode.debug.addBreakpoints(
      lines.map((line) => {
        const location = new vscode.Location(uri, new vscode.Position(line, 0));
        return new vscode.SourceBreakpoint(location, true, undefined, undefined, 'n={n} sum={sum}');
      }),
    );
  const lags = [];
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    lags.push(Math.max(0, now - last - INTERVAL_MS));
    last = now;
  }, INTERVAL_MS);
  setInterval(() => {
    writeFileSync(
      join(folder.fsPath, 'lags.json'),
      JSON.stringify({ lags, rss: process.memoryUsage().rss, heap: process.memoryUsage().heapUsed }),
    );
  }, 1000);
};
