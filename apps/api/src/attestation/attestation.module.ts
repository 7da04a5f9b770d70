import { ConsentModule } from '@imprimatur/domain/consent';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { Module } from '@nestjs/common';
import { AttestationLoader } from './attestation.loader.js';
import { AttestationResolver } from './attestation.resolver.js';

@Module({ imports: [ConsentModule, ConsentFlowModule, LedgerModule], providers: [AttestationLoader, AttestationResolver] })
export class AttestationModule {}
