import assert from 'node:assert/strict';
import { virtualAddress, type VirtualAddress } from '../../../adapter/elf/address';
import type { FunctionMatch } from '../../../adapter/dwarf/debugInfo';
import { functionSymbols } from '../../../adapter/elf/symbolTable';
import { CodePlacement } from '../../../adapter/engine/codePlacement';
import { openProgram } from '../../../adapter/symbols/module';
import { fixture, VARIANTS } from '../../fixtures/build';

describe('Code that the debug information describes no function around', () => {
  it('takes a probe where the line table has a row, and nowhere else', () => {
    const module = openProgram(
      fixture('loop.c', { compiler: 'clang', flags: ['-O0', '-gline-tables-only'] }),
    );
    const code = new CodePlacement(module);
    const addresses = [...module.debug!.lines.statements('loop.c')].map(({ address }) => address);
    assert.ok(addresses.length > 20);
    for (const address of addresses) {
      assert.equal(module.debug!.info.subprogramAt(address), undefined);
      assert.notEqual(code.place(address).kind, 'refused');
      assert.deepEqual(code.place(virtualAddress(address + 1)), NO_SUBPROGRAM);
    }
    module.close();
  });

  for (const variant of VARIANTS)
    it(`takes none where it was written by hand: ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const module = openProgram(fixture('undescribed.c', variant));
      const at = (name: string): VirtualAddress =>
        functionSymbols(module.image).find((symbol) => symbol.name === name)!.address;
      const code = new CodePlacement(module);
      assert.deepEqual(code.place(at('by_hand')), NO_SUBPROGRAM);
      assert.equal(code.place(at('main')).kind, 'here');
      module.close();
    });
});

describe('A count in a function that jumps through tables, or catches', () => {
  const variants = VARIANTS.flatMap(({ compiler, flags }) => [
    { compiler, flags: [...flags] },
    { compiler, flags: [...flags, '-fno-pie', '-no-pie'] },
  ]);
  for (const variant of variants)
    it(`is moved to what the kernel emulates: ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const module = openProgram(fixture('jumps.cc', variant));
      const code = new CodePlacement(module);
      for (const name of ['dense', 'pointers', 'catcher']) {
        const [{ scope }] = module.debug!.info.functionsNamed(name) as [FunctionMatch];
        const rows = [...module.debug!.lines.statements('jumps.cc')].filter(({ address }) =>
          scope.ranges.some(({ low, high }) => low <= address && address < high),
        );
        const kinds = rows.map(({ address }) => code.placeCount(address).kind);
        assert.ok(kinds.includes('moved'), name);
      }
      module.close();
    });
});

const NO_SUBPROGRAM = { kind: 'refused', reason: { code: 'noSubprogram' } };
