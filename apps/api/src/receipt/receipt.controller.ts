import { type HeldReceipt, ReceiptService } from '@imprimatur/domain/consent';
import { ReceiptFlow } from '@imprimatur/flows/consents';
import { notFound, parseId } from '@imprimatur/kernel';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { answerOf, Costs, type DoorRequest, Public, RefusedException } from '../door/index.js';
import { toHolder } from './receipt.mapper.js';

/** Points of one request: it reads every use of a picture. */
export const RECEIPT_COST = 20;
/** Where the person says none. */
export const REASON_DEFAULT = 'withdrawn with the receipt';

/** For people who hold a receipt and have no account. What they hold stands in a header, never in an address: addresses are logged. */
@Controller('receipts')
export class ReceiptController {
  constructor(
    private readonly receipts: ReceiptService,
    private readonly flow: ReceiptFlow,
  ) {}

  @Get(':id')
  @Public()
  @Costs(RECEIPT_COST)
  async show(@Param('id') id: string, @Headers('authorization') header: string | undefined, @Req() request: DoorRequest): Promise<object> {
    return toHolder(await this.flow.show(await this.held(id, header), request.id));
  }

  /** At once and for good, with everything that rests on it; again: zeros. */
  @Post(':id/withdraw')
  @HttpCode(200)
  @Public()
  @Costs(RECEIPT_COST)
  async withdraw(
    @Param('id') id: string,
    @Headers('authorization') header: string | undefined,
    @Body() body: unknown,
    @Req() request: DoorRequest,
  ): Promise<object> {
    const held = await this.held(id, header);
    return { report: answerOf(await this.flow.withdraw(held, reasonIn(body), request.id)) };
  }

  /** No such receipt, none that this capability opens, and one that was replaced: the same answer. */
  private async held(text: string, header: string | undefined): Promise<HeldReceipt> {
    const id = parseId('receipt', text);
    const capability = /^bearer (\S+)$/i.exec(header ?? '')?.[1];
    const held = id && capability !== undefined ? await this.receipts.held(id, capability) : null;
    if (held) return held;
    const remedy = 'Check the number of the receipt, and send its capability as `authorization: Bearer imr_...`.';
    throw new RefusedException({ ...notFound('receipt'), remedy });
  }
}

function reasonIn(body: unknown): string {
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined;
  if (reason === undefined || reason === null || reason === '') return REASON_DEFAULT;
  if (typeof reason === 'string') return reason;
  throw new RefusedException({ code: 'BAD_REQUEST', message: 'The reason is no text.', remedy: 'Send { "reason": "..." }, or nothing.' });
}
