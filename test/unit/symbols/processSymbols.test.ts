import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuntimeAddress, VirtualAddress } from '../../../adapter/elf/address';
import { openProgram, type Module } from '../../../adapter/symbols/module';
import { ProcessSymbols } from '../../../adapter/symbols/processSymbols';
import { fixture, VARIANTS } from '../../fixtures/build';

/** Sections in which addresses are asked for, and how far they are from one another. */
const SECTIONS = ['.text', '.rodata', '.data', '.bss', '.data.rel.ro'];
const STEP = 7;

describe('the symbol at an address', function () {
  this.timeout(60_000);
  let modules: Module[] = [];
  let directory: string | undefined;
  afterEach(() => {
    for (const module of modules) module.close();
    if (directory) rmSync(directory, { recursive: true });
    [modules, directory] = [[], undefined];
  });

  function opened(path: string, bias = 0): Module {
    const module = openProgram(path);
    module.moveTo(() => bias as RuntimeAddress);
    modules.push(module);
    return module;
  }
  /** gdb leaves the compiler's number out. */
  const textAt = (symbols: ProcessSymbols, address: number): string | undefined => {
    const found = symbols.at(address);
    return (
      found &&
      `${found.name.replace(/^completed\.0$/, 'completed')}${found.offset === 0 ? '' : `+${found.offset}`}`
    );
  };

  for (const source of ['addresses.cc', 'hammer.c'])
    for (const variant of VARIANTS)
      it(`is gdb's, everywhere in ${source}, ${variant.compiler} ${variant.flags.join(' ')}`, () => {
        const program = fixture(source, variant);
        const module = opened(program);
        const addresses = module.image.sections
          .filter(({ name }) => SECTIONS.includes(name))
          .flatMap(({ address, size }) =>
            Array.from({ length: Math.ceil(size / STEP) }, (_, i) => address + i * STEP),
          );
        const wanted = gdbSymbols(program, addresses);
        const symbols = new ProcessSymbols([module]);
        const wrong = addresses.filter((address, i) => {
          const found = textAt(symbols, address);
          return found !== wanted[i];
        });
        assert.ok(wanted.filter((one) => one !== undefined).length > 50);
        assert.deepEqual(
          wrong.map((address) => [address.toString(16), textAt(symbols, address)]),
          wrong.map((address) => [address.toString(16), wanted[addresses.indexOf(address)]]),
        );
      });

  it('is that of the module that is there now', () => {
    const [low, high] = [opened(fixture('addresses.cc'), 0x10000), opened(fixture('hammer.c'), 0x5000000)];
    const main = ({ image }: Module): VirtualAddress =>
      image.sections.find(({ name }) => name === '.text')!.address;
    const symbols = new ProcessSymbols([high, low]);
    assert.equal(textAt(symbols, main(low) + 0x10000), '_start');
    assert.equal(textAt(symbols, main(high) + 0x5000000), '_start');
    assert.equal(textAt(symbols, 0x4000000), undefined);
    assert.equal(textAt(symbols, 8), undefined);
    high.moveTo(() => 0x7000000 as RuntimeAddress);
    symbols.setModules([high]);
    assert.equal(textAt(symbols, main(high) + 0x5000000), undefined);
    assert.equal(textAt(symbols, main(high) + 0x7000000), '_start');
    assert.equal(textAt(symbols, main(low) + 0x10000), undefined);
    const site = { module: low, loadBias: 0x20000 };
    assert.deepEqual(symbols.at(main(low) + 0x20001, site), { name: '_start', offset: 1 });
  });

  it('is found in the debug file of a stripped one', () => {
    directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    const [program, debug] = [join(directory, 'program'), join(directory, 'program.debug')];
    execFileSync('objcopy', ['--only-keep-debug', fixture('addresses.cc'), debug]);
    execFileSync('strip', ['-o', program, fixture('addresses.cc')]);
    execFileSync('objcopy', [`--add-gnu-debuglink=${debug}`, program]);
    const whole = opened(fixture('addresses.cc'));
    const { address } = whole.image.sections.find(({ name }) => name === '.data')!;
    const stripped = new ProcessSymbols([opened(program)]);
    for (let at: number = address; at < address + 64; at += 8)
      assert.equal(textAt(stripped, at), textAt(new ProcessSymbols([whole]), at));
  });
});

/** What gdb shows behind each address; it knows the arguments of main, which the symbol does not. */
function gdbSymbols(program: string, addresses: readonly number[]): (string | undefined)[] {
  const commands = addresses.flatMap((address) => ['-ex', `output (void *)${address}`, '-ex', 'echo \\n']);
  const text = execFileSync('gdb', ['-nx', '-batch', ...commands, program], { encoding: 'utf8' });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => /^\(void \*\) 0x[0-9a-f]+(?: <(.*)>)?$/.exec(line)?.[1])
    .map((symbol) => symbol?.replace('main(int, char**)', 'main'));
}
