import { ConsentModule } from '@imprimatur/domain/consent';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { Module } from '@nestjs/common';
import { ReceiptController } from './receipt.controller.js';
import { ReceiptPageController } from './receipt.page.controller.js';
import { ReceiptLoader } from './receipt.loader.js';
import { ReceiptResolver } from './receipt.resolver.js';

@Module({
  imports: [ConsentModule, ConsentFlowModule],
  controllers: [ReceiptController, ReceiptPageController],
  providers: [ReceiptLoader, ReceiptResolver],
})
export class ReceiptModule {}
