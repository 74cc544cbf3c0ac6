import type { AddressContext, Enumerator, Variable } from '../dwarf/scope';
import {
  typeAddressOf,
  throughReference,
  typeDereference,
  typeImplicitMember,
  typeIndex,
  typeMember,
  typeMethod,
  typeSlice,
} from './access';
import { typeCast, typeSizeof } from './cast';
import type { Expression, NameExpression, TypeExpression } from './expression';
import { refusal } from './expressionError';
import { typeLiteral } from './literal';
import { typeBinary, typeConditional, typeUnary } from './operation';
import { similarNames } from './similar';
import { INT } from './scalarType';
import { typeSpecial } from './special';
import { typeStringComparison, typeStartsWith } from './stringTest';
import type { TypedExpression } from './typed';
import { namedType } from './typeName';
import type { Type } from '../dwarf/type';

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
        return this.named(expression);
      case 'literal':
        return typeLiteral(expression, isCplus(this.context));
      case 'member':
        return typeMember(expression, this.type(expression.object));
      case 'method':
        return typeMethod(expression, this.type(expression.object));
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
        return typeCast(expression, this.type(expression.operand), namedType(expression.type, this.context));
      case 'sizeof':
        return typeSizeof(expression, this.measured(expression.of));
      case 'special':
        return typeSpecial(expression);
      case 'slice':
        return typeSlice(
          expression,
          this.type(expression.object),
          this.type(expression.first),
          this.type(expression.limit),
        );
    }
  }

  /** `sizeof(x)` is of a variable, if there is one of that name. */
  private measured(of: TypeExpression | Expression): Type {
    if (of.kind !== 'type') return this.type(of).type;
    const variable = of.keyword === undefined && of.pointers === 0 ? this.seen(of.name) : undefined;
    return variable?.type ?? namedType(of, this.context);
  }

  private global(name: string, file: string | undefined): TypedExpression | undefined {
    const variable = this.context.global(name, file);
    return variable && typeVariable(variable);
  }

  /** Locals of the function hide members of its class, and these hide what is outside (C++20, 6.5.2 [basic.lookup.unqual]). */
  private seen(name: string): TypedExpression | undefined {
    const local = this.local(name);
    if (local) return local;
    const self = isCplus(this.context) ? this.local('this') : undefined;
    const member = self && typeImplicitMember(name, self);
    if (member) return member;
    const variable = this.context.lookup(name);
    return variable && typeVariable(variable);
  }

  /** Of the innermost function, inlined or not. */
  private local(name: string): TypedExpression | undefined {
    const variable = this.context.frameLocals().find((known) => known.name === name);
    return variable && typeVariable(variable);
  }

  private named(expression: NameExpression): TypedExpression {
    const { name, file, isGlobal } = expression;
    const found = isGlobal ? this.global(name, file) : this.seen(name);
    if (found) return found;
    const enumerator = file === undefined ? this.context.enumerator(name) : undefined;
    if (enumerator) return typeEnumerator(enumerator);
    const names = [...this.context.locals(), ...this.context.globals()].map((known) => known.name);
    throw refusal(expression, { code: 'noSuchName', name, similar: similarNames(name, names) });
  }
}

/** An int in C, of the enum's type in C++ (C11, 6.7.2.2). */
function typeEnumerator({ type, value }: Enumerator): TypedExpression {
  const isInt = type.language === 'c' && BigInt.asIntN(32, value) === value;
  return { kind: 'literal', value, type: isInt ? INT : type };
}

/** DW_LANG_C_plus_plus and its later versions. */
const isCplus = ({ language }: AddressContext): boolean => language !== undefined && CPLUS.has(language);
const CPLUS: ReadonlySet<number> = new Set([0x04, 0x1a, 0x21, 0x2b]);
