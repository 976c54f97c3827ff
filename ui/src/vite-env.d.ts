/// <reference types="vite/client" />
/// <reference types="svelte" />
declare module "@fontsource-variable/inter";
declare module "@fontsource-variable/jetbrains-mono";
