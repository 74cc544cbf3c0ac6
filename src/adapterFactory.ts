/** Starts the debug adapter: dist/adapter.js on stdio, by the Node that runs this extension. */
import * as vscode from 'vscode';
import { join } from 'node:path';
import { nodeCommand } from './model/privilege';
import { privilege } from './privilegeSetting';

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly extensionPath: string) {}

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const { command, args } = nodeCommand(privilege(), process.execPath, [
      join(this.extensionPath, 'dist', 'adapter.js'),
    ]);
    return new vscode.DebugAdapterExecutable(command, args);
  }
}
