package io.github.websocketkeepalive.test;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import javax.net.ssl.SSLException;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A WebSocket client over HTTP/2 (RFC 8441), which answers every ping and trusts every
 * server.
 */
public final class Http2Client implements AutoCloseable {

	private final @Nullable EventLoopGroup group;

	private final CompletableFuture<Http2Settings> settings = new CompletableFuture<>();

	private final CompletableFuture<Http2Headers> response = new CompletableFuture<>();

	private final List<String> messages = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

	private final AtomicInteger bytesReceived = new AtomicInteger();

	private final AtomicBoolean reset = new AtomicBoolean();

	private final Channel stream;

	private volatile boolean answering = true;

	private volatile boolean endingStream = true;

	private Http2Client(int port, boolean tls) throws Exception {
		this.group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		Channel connection = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) throws SSLException {
					if (tls) {
						channel.pipeline().addLast(trustingAll().newHandler(channel.alloc()));
					}
					channel.pipeline()
						.addLast(Http2FrameCodecBuilder.forClient().build(),
								new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()), new Settings());
				}

			})
			.connect("localhost", port)
			.sync()
			.channel();
		this.settings.get(10, TimeUnit.SECONDS);
		this.stream = open(connection);
	}

	private Http2Client(Channel connection) throws Exception {
		this.group = null;
		this.stream = open(connection);
	}

	private Channel open(Channel connection) throws Exception {
		return new Http2StreamChannelBootstrap(connection).handler(new ChannelInitializer<>() {

			@Override
			protected void initChannel(Channel channel) {
				WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
					.allowExtensions(true)
					.expectMaskedFrames(false)
					.build();
				channel.pipeline()
					.addLast(new Http2DataFrames(Http2Client.this.response, Http2Client.this.bytesReceived),
							new WebSocket13FrameDecoder(config), new WebSocket13FrameEncoder(true), new Messages());
			}

		}).open().sync().getNow();
	}

	public static Http2Client connect(int port, boolean tls, String path, boolean compress) throws Exception {
		Http2Client client = new Http2Client(port, tls);
		CharSequence status = client.request(tls, path, compress).status();
		Assert.state("200".contentEquals(status), () -> "status " + status);
		return client;
	}

	/**
	 * Open one more WebSocket on the TCP connection of this one.
	 */
	public Http2Client connectBeside(String path) throws Exception {
		Http2Client client = new Http2Client(this.stream.parent());
		CharSequence status = client.request(false, path, false).status();
		Assert.state("200".contentEquals(status), () -> "status " + status);
		return client;
	}

	/**
	 * Answer no ping from now on.
	 */
	public void fallSilent() {
		this.answering = false;
	}

	/**
	 * Leave the stream open from now on when the server has ended its side.
	 */
	public void keepStreamOpen() {
		this.endingStream = false;
	}

	/**
	 * Read nothing from now on, so that the window of the stream is used up.
	 */
	public void stopReading() {
		this.stream.config().setAutoRead(false);
	}

	/**
	 * Return the settings with which a server answers first.
	 */
	public static Http2Settings settings(int port) throws Exception {
		try (Http2Client client = new Http2Client(port, false)) {
			return client.settings.get(10, TimeUnit.SECONDS);
		}
	}

	/**
	 * Ask for a WebSocket, and send bytes without waiting for the answer.
	 * @param ends whether the last of them ends the stream
	 * @param data the bytes of each frame of HTTP/2
	 */
	public static Http2Client connectAndSend(int port, String path, boolean ends, byte[]... data) throws Exception {
		Http2Client client = new Http2Client(port, false);
		client.stream.eventLoop().submit(() -> {
			client.send(false, path, false);
			for (byte[] bytes : data) {
				boolean last = ends && bytes == data[data.length - 1];
				client.stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last));
			}
		}).sync();
		client.response.get(10, TimeUnit.SECONDS);
		return client;
	}

	/**
	 * Ask for a WebSocket by a request that is the end of its stream.
	 * @return the status of the response
	 */
	public static String statusOfEndedHandshake(int port, String path) throws Exception {
		try (Http2Client client = new Http2Client(port, false)) {
			client.stream.writeAndFlush(new DefaultHttp2HeadersFrame(handshake(false, path, false), true)).sync();
			return client.response.get(10, TimeUnit.SECONDS).status().toString();
		}
	}

	/**
	 * Ask for a WebSocket that may be refused.
	 * @param headers further headers, and the version of the protocol if it is another
	 * @return the headers of the response
	 */
	public static Map<String, String> handshake(int port, boolean tls, String path, String... headers)
			throws Exception {
		Map<String, String> response = new HashMap<>();
		try (Http2Client client = new Http2Client(port, tls)) {
			client.request(tls, path, false, headers)
				.forEach((header) -> response.put(header.getKey().toString(), header.getValue().toString()));
		}
		return response;
	}

	/**
	 * Send the beginning of a request with a body, and await the head of the response.
	 */
	public static Http2Client post(int port, String path) throws Exception {
		Http2Client client = new Http2Client(port, false);
		client.post(client.stream, path);
		client.response.get(10, TimeUnit.SECONDS);
		return client;
	}

	/**
	 * Do the same on a new stream of this connection.
	 */
	public void postOnAnotherStream(String path) throws Exception {
		CompletableFuture<Http2Headers> answer = new CompletableFuture<>();
		post(new Http2StreamChannelBootstrap(this.stream.parent()).handler(new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				if (message instanceof Http2HeadersFrame headers) {
					answer.complete(headers.headers());
				}
				ReferenceCountUtil.release(message);
			}

		}).open().sync().getNow(), path);
		answer.get(10, TimeUnit.SECONDS);
	}

	private void post(Channel stream, String path) throws Exception {
		Http2Headers request = new DefaultHttp2Headers().method("POST")
			.scheme("http")
			.authority("localhost")
			.path(path)
			.set("content-length", "100");
		stream.write(new DefaultHttp2HeadersFrame(request));
		ByteBuf half = ByteBufUtil.writeAscii(stream.alloc(), "half");
		stream.writeAndFlush(new DefaultHttp2DataFrame(half)).sync();
	}

	/**
	 * Await the end of the stream.
	 */
	public void awaitClosed() throws Exception {
		this.stream.closeFuture().get(10, TimeUnit.SECONDS);
	}

	private Http2Headers request(boolean tls, String path, boolean compress, String... headers) throws Exception {
		send(tls, path, compress, headers).sync();
		return this.response.get(10, TimeUnit.SECONDS);
	}

	private ChannelFuture send(boolean tls, String path, boolean compress, String... headers) {
		return this.stream.writeAndFlush(new DefaultHttp2HeadersFrame(handshake(tls, path, compress, headers)));
	}

	private static Http2Headers handshake(boolean tls, String path, boolean compress, String... headers) {
		Http2Headers request = new DefaultHttp2Headers().method("CONNECT")
			.scheme(tls ? "https" : "http")
			.authority("localhost")
			.path(path)
			.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), "websocket");
		if (Arrays.stream(headers).noneMatch((header) -> header.startsWith("Sec-WebSocket-Version"))) {
			request.set("sec-websocket-version", "13");
		}
		if (compress) {
			request.set("sec-websocket-extensions", "permessage-deflate");
		}
		for (String header : headers) {
			String[] nameAndValue = header.split(": ", 2);
			request.add(nameAndValue[0].toLowerCase(Locale.ROOT), nameAndValue[1]);
		}
		return request;
	}

	private static SslContext trustingAll() throws SSLException {
		return SslContextBuilder.forClient()
			.trustManager(InsecureTrustManagerFactory.INSTANCE)
			.applicationProtocolConfig(
					new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
							SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2))
			.build();
	}

	public String extensions() {
		return this.response.join().get("sec-websocket-extensions", "").toString();
	}

	public List<String> messages() {
		return this.messages;
	}

	/**
	 * The code of the server's Close frame; fails if the stream ends without one.
	 */
	public CompletableFuture<Integer> closeCode() {
		return this.closeCode;
	}

	/**
	 * Return how many bytes of frames the server has sent, those behind its Close frame
	 * too.
	 */
	public int bytesReceived() {
		return this.bytesReceived.get();
	}

	/**
	 * Whether the server has reset the stream.
	 */
	public boolean isReset() {
		return this.reset.get();
	}

	/**
	 * Send bytes as they are, unless there is no room for them, or the server has sent a
	 * Close frame.
	 * @return whether there was room
	 */
	public boolean send(byte[] bytes) {
		boolean writable = this.stream.isWritable();
		if (writable) {
			this.stream.eventLoop().execute(() -> sendUnlessClosed(bytes));
		}
		return writable;
	}

	private void sendUnlessClosed(byte[] bytes) {
		if (!this.closeCode.isDone()) {
			this.stream.writeAndFlush(Unpooled.wrappedBuffer(bytes));
		}
	}

	/**
	 * End the stream without a word.
	 */
	public void endStream() {
		this.stream.writeAndFlush(new DefaultHttp2DataFrame(true));
	}

	public void sendText(String text) {
		this.stream.writeAndFlush(new TextWebSocketFrame(text));
	}

	public void sendClose(int code, String reason) {
		this.stream.writeAndFlush(new CloseWebSocketFrame(code, reason));
	}

	/**
	 * Reset the TCP connection, with every stream on it.
	 */
	public void reset() {
		this.stream.parent().config().setOption(ChannelOption.SO_LINGER, 0);
		this.stream.parent().close().syncUninterruptibly();
	}

	/**
	 * Close the TCP connection without a word, or the stream that was opened beside
	 * another. An event loop that ends may leave its connections open.
	 */
	@Override
	public void close() {
		if (this.group == null) {
			this.stream.close().syncUninterruptibly();
			return;
		}
		Channel.Unsafe connection = this.stream.parent().unsafe();
		this.group.submit(() -> connection.close(connection.voidPromise())).syncUninterruptibly();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private final class Settings extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http2SettingsFrame frame) {
				Http2Client.this.settings.complete(frame.settings());
			}
			context.fireChannelRead(message);
		}

	}

	private final class Messages extends SimpleChannelInboundHandler<WebSocketFrame> {

		private static final int COMPRESSED = 4;

		private static final byte[] END_OF_MESSAGE = { 0, 0, -1, -1 };

		private final ByteArrayOutputStream message = new ByteArrayOutputStream();

		private boolean compressed;

		@Override
		protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) throws DataFormatException {
			if (frame instanceof CloseWebSocketFrame close) {
				Http2Client.this.closeCode.complete(close.statusCode());
				context.writeAndFlush(new CloseWebSocketFrame(1000, ""));
			}
			else if (frame instanceof PingWebSocketFrame) {
				if (Http2Client.this.answering) {
					context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
				}
			}
			else if (frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
				this.compressed |= frame.rsv() == COMPRESSED;
				this.message.writeBytes(ByteBufUtil.getBytes(frame.content()));
				if (frame.isFinalFragment()) {
					byte[] payload = this.message.toByteArray();
					byte[] text = this.compressed ? inflate(payload) : payload;
					this.message.reset();
					this.compressed = false;
					Http2Client.this.messages.add(new String(text, StandardCharsets.UTF_8));
				}
			}
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof ChannelInputShutdownEvent && Http2Client.this.endingStream) {
				context.writeAndFlush(new DefaultHttp2DataFrame(true));
			}
			else if (event instanceof Http2ResetFrame) {
				Http2Client.this.reset.set(true);
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			Http2Client.this.closeCode.completeExceptionally(new EOFException("the stream has ended"));
		}

		private byte[] inflate(byte[] payload) throws DataFormatException {
			Inflater inflater = new Inflater(true);
			byte[] output = new byte[1024];
			inflater.setInput(payload);
			int length = inflater.inflate(output);
			inflater.setInput(END_OF_MESSAGE);
			length += inflater.inflate(output, length, output.length - length);
			inflater.end();
			return Arrays.copyOf(output, length);
		}

	}

}
