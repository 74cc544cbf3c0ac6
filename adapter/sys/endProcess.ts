/**
 * Ends this process by _exit(2), once what it has written to its standard streams is out. Node's own end waits for its threads, of which one
 * that compiles may wait for the main thread to collect garbage: neither goes on, once in some hundred runs
 * (nodejs/node#54918).
 */
export async function endProcess(status: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0) await new Promise((done) => stream.write('', done));
    block(stream);
  }
  try {
    const { DataType, load, open } = await import('ffi-rs');
    open({ library: 'c', path: 'libc.so.6' });
    const { I32, Void } = DataType;
    load({ library: 'c', funcName: '_exit', retType: Void, paramsType: [I32], paramsValue: [status] });
  } catch {
    // There is no such library here.
  }
  process.exit(status);
}

/** Others go on with a pipe, or a terminal: Node lets writes to it fail instead of waiting, and would undo that at its own end. */
function block(stream: NodeJS.WriteStream): void {
  const { _handle } = stream as { _handle?: { setBlocking?: (on: boolean) => void } };
  _handle?.setBlocking?.(true);
}
