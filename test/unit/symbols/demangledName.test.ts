import assert from 'node:assert/strict';
import { demangledName } from '../../../adapter/symbols/demangledName';

describe('the name of a symbol', () => {
  const names: [string, string][] = [
    ['main', 'main'],
    ['_start', '_start'],
    ['_ZN4shop5itemsE', 'shop::items'],
    ['_ZN4shop5twiceIlEET_S1_', 'shop::twice<long>(long)'],
    ['_ZTVN4shop6HolderIiEE', 'vtable for shop::Holder<int>'],
    ['_ZN12_GLOBAL__N_14onceEi', '(anonymous namespace)::once(int)'],
    ['_RNvCs1234_7mycrate3foo', 'mycrate::foo'],
    ['_ZN4core3fmt9Formatter3pad17h0123456789abcdefE', 'core::fmt::Formatter::pad'],
    ['_Znonsense', '_Znonsense'],
    ['a\nb', 'a\ufffdb'],
    ['x'.repeat(300), `${'x'.repeat(256)}...`],
  ];
  for (const [name, shown] of names)
    it(`is ${shown.slice(0, 40)} for ${name.slice(0, 40)}`, () => {
      assert.equal(demangledName(name), shown);
    });
});
