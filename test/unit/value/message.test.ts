import assert from 'node:assert/strict';
import { parseMessage } from '../../../adapter/expression/message';
import { renderMessage } from '../../../adapter/value/message';
import type { NamedValue } from '../../../adapter/value/value';

it('a log message shows its values in order, and why one is missing', () => {
  const values: NamedValue[] = [
    { name: 'n', value: '3', type: 'int' },
    { name: 'p->name', value: '"abc"', type: 'char *' },
    { name: 'x', unavailable: { code: 'optimisedOut' }, type: 'int' },
  ];
  const message = parseMessage('n={n} name={p->name} {{x}}={x}!');
  assert.equal(
    renderMessage(message, values, (value) =>
      'value' in value ? value.value : `<${value.unavailable.code}>`,
    ),
    'n=3 name="abc" {x}=<optimisedOut>!',
  );
  assert.equal(
    renderMessage(parseMessage('here'), [], () => ''),
    'here',
  );
});
