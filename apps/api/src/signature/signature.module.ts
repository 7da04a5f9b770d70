import { LedgerModule } from '@imprimatur/domain/ledger';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { CredentialLoader } from './credential.loader.js';
import { CredentialResolver } from './credential.resolver.js';
import { StatementResolver } from './statement.resolver.js';

@Module({ imports: [LedgerModule, DecisionsModule], providers: [CredentialLoader, CredentialResolver, StatementResolver] })
export class SignatureModule {}
