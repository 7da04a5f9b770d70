import { WasmManifestEngine } from '@imprimatur/domain/provenance';
import { keepsTheManifestEngineContract } from './manifest-engine.contract';

describe('the WebAssembly engine', () => keepsTheManifestEngineContract(async () => new WasmManifestEngine({ threads: 2 })));
