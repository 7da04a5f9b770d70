import { timestamp } from '@imprimatur/kernel';
import { type CustomScalar, Scalar } from '@nestjs/graphql';
import { GraphQLError, Kind, type ValueNode } from 'graphql';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

@Scalar('DateTime')
export class DateTimeScalar implements CustomScalar<string, Date> {
  parseValue(value: unknown): Date {
    const at = typeof value === 'string' && RFC_3339.test(value) ? new Date(value) : null;
    if (!at || Number.isNaN(at.getTime())) throw new GraphQLError('A DateTime is RFC 3339, for instance 2026-01-31T12:00:00.000Z');
    return at;
  }

  serialize(value: unknown): string {
    if (!(value instanceof Date)) throw new TypeError('a DateTime field resolves to a Date');
    return timestamp(value);
  }

  parseLiteral(node: ValueNode): Date {
    return this.parseValue(node.kind === Kind.STRING ? node.value : null);
  }
}
