/** The debug adapter, as the editor starts it: the Debug Adapter Protocol on stdio. */
import './sys/environment';
import { serveOnStdio } from './dap/stdio';

void serveOnStdio().then(() => process.exit(0));
