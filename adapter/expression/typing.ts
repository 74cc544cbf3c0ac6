import type { AddressContext, Variable } from '../dwarf/scope';
import { typeAddressOf, throughReference, typeDereference, typeIndex, typeMember } from './access';
import type { Expression, NameExpression } from './expression';
import { refusal } from './expressionError';
import { typeLiteral } from './literal';
import { typeBinary, typeConditional, typeUnary } from './operation';
import { similarNames } from './similar';
import { typeStringComparison, typeStartsWith } from './stringTest';
import type { TypedExpression } from './typed';

/**
 * Types an expression as C does at this address. `->` is for pointers and arrays, `.` for structs and unions;
 * references are followed.
 * @throws ExpressionError, any code but those of the parser
 */
export function typeExpression(expression: Expression, context: AddressContext): TypedExpression {
  return new Typing(context).type(expression);
}

/** A variable by itself; what it refers to if it is a reference. */
export const typeVariable = (variable: Variable): TypedExpression =>
  throughReference({ kind: 'variable', variable, type: variable.type });

class Typing {
  constructor(private readonly context: AddressContext) {}

  type(expression: Expression): TypedExpression {
    switch (expression.kind) {
      case 'name':
        return typeVariable(this.named(expression));
      case 'literal':
        return typeLiteral(expression, isCplus(this.context));
      case 'member':
        return typeMember(expression, this.type(expression.object));
      case 'dereference':
        return typeDereference(expression, this.type(expression.operand));
      case 'index':
        return typeIndex(expression, this.type(expression.object), this.type(expression.index));
      case 'addressOf':
        return typeAddressOf(expression, this.type(expression.operand));
      case 'unary':
        return typeUnary(expression, this.type(expression.operand));
      case 'binary':
        return (
          typeStringComparison(expression, (operand) => this.type(operand)) ??
          typeBinary(expression, this.type(expression.left), this.type(expression.right))
        );
      case 'conditional':
        return typeConditional(
          expression,
          this.type(expression.condition),
          this.type(expression.then),
          this.type(expression.otherwise),
        );
      case 'startsWith':
        return typeStartsWith(expression, this.type(expression.string));
      case 'cast':
      case 'sizeof':
      case 'slice':
      case 'special':
        throw refusal(expression, { code: 'notYet' });
    }
  }

  private named(expression: NameExpression): Variable {
    const { name } = expression;
    const variable = this.context.lookup(name);
    if (variable) return variable;
    const names = [...this.context.locals(), ...this.context.globals()].map((known) => known.name);
    throw refusal(expression, { code: 'noSuchName', name, similar: similarNames(name, names) });
  }
}

/** DW_LANG_C_plus_plus and its later versions. */
const isCplus = ({ language }: AddressContext): boolean => language !== undefined && CPLUS.has(language);
const CPLUS: ReadonlySet<number> = new Set([0x04, 0x1a, 0x21, 0x2b]);
