import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { parseEnvironment, readEnvironmentFile } from '../../../adapter/dap/environmentFile';

const value = (text: string): string | undefined => parseEnvironment(`NAME=${text}`, 'x.env')['NAME'];

describe('a file of environment variables', () => {
  it('has a variable a line, comments, and empty lines', () => {
    const text = '\uFEFF# first\r\nA=1\r\n\r\n  export B_2 = two words \n\t# C=3\nD.e-f=x\nA=last';
    assert.deepEqual(parseEnvironment(text, 'x.env'), { A: 'last', B_2: 'two words', 'D.e-f': 'x' });
  });

  for (const [text, expected] of [
    ['', ''],
    ['  # nothing', ''],
    ['#1', ''],
    ['a#b', 'a#b'],
    ['a #b', 'a'],
    ['a=b=c', 'a=b=c'],
    ['it\'s "so"', 'it\'s "so"'],
    ['$HOME', '$HOME'],
    ["'a # b\\n$X \"'  # c", 'a # b\\n$X "'],
    ['"a\\tb\\n\\"\\\\n\\$"# c', 'a\tb\n"\\n$'],
    ['"\\d"', '\\d'],
    ['""', ''],
  ] as const) {
    it(`reads ${JSON.stringify(text)} as ${JSON.stringify(expected)}`, () => {
      assert.equal(value(text), expected);
    });
  }

  it('means what a shell means by what both know', () => {
    const lines = ['A=1', "B='x  y # z' # c", 'C="q\\"\\\\\\$ r"', 'export D=a#b', 'E=', 'F="" '];
    const shell = execFileSync('sh', ['-c', `set -a\n${lines.join('\n')}\nexec env -0`], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    const exported = Object.fromEntries(
      shell.split('\0').map((one) => [one.split('=', 1)[0]!, one.slice(one.indexOf('=') + 1)]),
    );
    for (const [name, mine] of Object.entries(parseEnvironment(lines.join('\n'), 'x.env')))
      assert.equal(mine, exported[name], name);
  });

  for (const bad of ['secret', '=secret', 'A B=secret', 'A="secret', "A='secret' too", 'A=sec\0ret']) {
    it(`names the line of ${JSON.stringify(bad)}, and does not tell it`, () => {
      assert.throws(
        () => parseEnvironment(`A=1\n${bad}\n`, '/w/x.env'),
        ({ message }: Error) =>
          message.startsWith('/w/x.env:2 is not NAME=value') && !message.includes('sec'),
      );
    });
  }

  it('is told when it is missing', () => {
    assert.throws(
      () => readEnvironmentFile('/nonexistent/x.env'),
      /"envFile" cannot be read: \/nonexistent\/x\.env: there is no such file\./,
    );
  });
});
