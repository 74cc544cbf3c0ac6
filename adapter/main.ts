/** The debug adapter, as the editor starts it: the Debug Adapter Protocol on stdio. */
import './sys/environment';
import { serveOnStdio } from './dap/stdio';
import { endProcess } from './sys/endProcess';

void serveOnStdio().then(() => endProcess(0));
