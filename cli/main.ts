#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Types are stripped, and code is compiled, at the first start alone: the next take less time, and less memory.
enableCompileCache();
await import("./program.ts");
