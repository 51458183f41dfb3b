// Asks Dawn (the npm package `webgpu`, whose address is the only argument) for an adapter and prints it as one line of JSON:
// {"adapter": {...}}, {"adapter": null} or {"error": "..."}. In a process of its own because Dawn and Vulkan drivers write
// to stderr as they please, and a broken driver may end the process.
try {
  const { create } = await import(process.argv[2]);
  const adapter = await create([]).requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    console.log(JSON.stringify({ adapter: null }));
  } else {
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    const { limits } = adapter;
    console.log(
      JSON.stringify({
        adapter: {
          vendor,
          architecture,
          device,
          description,
          software: isFallbackAdapter === true,
          features: [...adapter.features].sort(),
          limits: {
            maxBufferSize: limits.maxBufferSize,
            maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
            maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
            maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
          },
        },
      }),
    );
  }
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
