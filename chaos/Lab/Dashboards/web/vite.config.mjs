// One bundle, served by `lab console`; paths are relative so that it may stand below any address.
export default { base: './', build: { target: 'esnext', outDir: 'dist', chunkSizeWarningLimit: 9000 }, oxc: { jsx: { runtime: 'automatic' } } };
