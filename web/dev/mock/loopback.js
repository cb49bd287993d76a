/* The far end of the phone, in the page itself: answers the offer with a second connection that sends silence. */
(function () {
  const real = window.fetch.bind(window);
  let far = null;
  window.fetch = async function (input, init) {
    const url = typeof input === "string" ? input : input.url;
    if (!url.endsWith("/api/agent/phone") || !init || init.method !== "POST") return real(input, init);
    if (far) far.close();
    far = new RTCPeerConnection();
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    far.addTrack(out.stream.getAudioTracks()[0], out.stream);
    await far.setRemoteDescription({ type: "offer", sdp: JSON.parse(init.body).sdp });
    await far.setLocalDescription(await far.createAnswer());
    await new Promise((resolve) => {
      if (far.iceGatheringState === "complete") resolve();
      far.onicegatheringstatechange = () => far.iceGatheringState === "complete" && resolve();
      setTimeout(resolve, 1000);
    });
    const answer = { leg_id: "leg_mock", sdp: far.localDescription.sdp };
    return new Response(JSON.stringify(answer), { status: 200, headers: { "content-type": "application/json" } });
  };
})();
