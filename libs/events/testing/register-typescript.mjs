import '../../../infra/typescript/register.js';
