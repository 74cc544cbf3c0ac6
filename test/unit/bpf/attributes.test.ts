import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cString,
  ENABLE_STATS,
  encode,
  LINK_CREATE,
  MAP_CREATE,
  OBJ_GET_INFO_BY_FD,
  PROG_LOAD,
  PROG_TEST_RUN,
  quadwords,
  type Struct,
} from '../../../adapter/bpf/attributes';
import { HELPERS } from '../../../adapter/bpf/helper';
import { MAP_MMAPABLE, MAP_TYPE } from '../../../adapter/bpf/map';
import { PROG_INFO } from '../../../adapter/bpf/runTime';
import { BPF_COMMANDS } from '../../../adapter/sys/system';
import { Btf } from '../../../adapter/bpf/btf';

const STRUCTS: Record<string, Struct> = {
  MAP_CREATE,
  PROG_LOAD,
  PROG_TEST_RUN,
  LINK_CREATE,
  OBJ_GET_INFO_BY_FD,
  ENABLE_STATS,
};
const KERNEL_TYPES = '/sys/kernel/btf/vmlinux';

/** Values of C expressions by the installed headers; undefined where these do not know them. */
function byHeaders(expressions: readonly string[]): (number | undefined)[] {
  const compiled = tryCompile(expressions);
  if (compiled) return compiled;
  // Some member is too new: each alone.
  return expressions.map((expression) => tryCompile([expression])?.[0]);
}

function tryCompile(expressions: readonly string[]): number[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'offsetof-'));
  try {
    const program = join(folder, 'program');
    const prints = expressions.map((expression) => `printf("%ld\\n", (long)(${expression}));`);
    const source = `#include <linux/bpf.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) { ${prints.join('\n')} return 0; }`;
    execFileSync('gcc', ['-x', 'c', '-', '-o', program], { input: source, stdio: ['pipe', 'pipe', 'pipe'] });
    return execFileSync(program, { encoding: 'utf8' }).trim().split('\n').map(Number);
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the tables of union bpf_attr', () => {
  for (const [name, { prefix, members }] of Object.entries(STRUCTS)) {
    const table = Object.entries(members).map(([member, place]) => ({
      designator: prefix + member,
      ...place,
    }));

    it(`${name}: agrees with linux/bpf.h where that has the member`, () => {
      const offsets = byHeaders(table.map(({ designator }) => `offsetof(union bpf_attr, ${designator})`));
      const sizes = byHeaders(table.map(({ designator }) => `sizeof(((union bpf_attr *)0)->${designator})`));
      const known = table.filter((_, i) => offsets[i] !== undefined);
      assert.ok(known.length > 0);
      assert.deepEqual(
        known,
        known.map((member) => {
          const i = table.indexOf(member);
          return { designator: member.designator, offset: offsets[i], size: sizes[i] };
        }),
      );
    });

    it(`${name}: agrees with the running kernel in every member`, function () {
      if (!existsSync(KERNEL_TYPES)) {
        console.log(`skipped: no ${KERNEL_TYPES}`);
        this.skip();
      }
      const btf = new Btf(readFileSync(KERNEL_TYPES));
      for (const { designator, offset } of table)
        assert.equal(btf.offsetof('union', 'bpf_attr', designator), offset, designator);
    });
  }

  it('struct bpf_prog_info: agrees with linux/bpf.h', () => {
    const { run_time_ns, run_cnt } = PROG_INFO.members;
    const members = ['run_time_ns', 'run_cnt'].map((name) => `offsetof(struct bpf_prog_info, ${name})`);
    assert.deepEqual(byHeaders(members), [run_time_ns, run_cnt]);
  });

  it('numbers are those of linux/bpf.h', () => {
    const names = [
      ...Object.entries(BPF_COMMANDS).map(([name, value]) => [`BPF_${name}`, value] as const),
      ...Object.entries(MAP_TYPE).map(([name, value]) => [`BPF_MAP_TYPE_${name}`, value] as const),
      ...Object.entries(HELPERS).map(([name, value]) => [`BPF_FUNC_${name}`, value] as const),
      ['BPF_F_MMAPABLE', MAP_MMAPABLE] as const,
    ];
    assert.deepEqual(
      byHeaders(names.map(([name]) => name)),
      names.map(([, value]) => value),
    );
  });
});

describe('encoding attributes', () => {
  it('puts numbers in place, little endian, and leaves the rest zero', () => {
    const { bytes, pointers } = encode(MAP_CREATE, { map_type: 27, max_entries: 0x01020304 });
    assert.equal(bytes.length, 72);
    assert.equal(Buffer.from(bytes).readUInt32LE(0), 27);
    assert.deepEqual([...bytes.subarray(12, 16)], [4, 3, 2, 1]);
    assert.equal(bytes.filter((byte) => byte !== 0).length, 5);
    assert.deepEqual(pointers, []);
  });

  it('lists memory to be pointed to, and copies names with room for their NUL', () => {
    const code = new Uint8Array(16);
    const { bytes, pointers } = encode(PROG_LOAD, {
      insns: code,
      prog_name: cString('a name of more than 15 bytes'),
    });
    assert.deepEqual(pointers, [{ offset: 8, target: code }]);
    assert.equal(Buffer.from(bytes.subarray(48, 64)).toString(), 'a name of more \0');
  });
});

describe('an array of 64-bit integers', () => {
  it('has numbers of every size and sign', () => {
    const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number;
    const values = [0, 1, -1, -8, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, most, least];
    assert.deepEqual(quadwords(values), new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  });
});
