//! QUIC streams that take so many octets and no more.
//!
//! h3 collects a frame of a head until it is whole, however long it says that it is, and skips frames that it does not know. So
//! what a stream may bring in all is bounded beneath it: a stream that brings more is stopped, and is as if it had broken off.

use bytes::{Buf, Bytes};
use h3::{
    error::Code,
    quic::{self, ConnectionErrorIncoming, StreamErrorIncoming, StreamId, WriteBuf},
};
use std::task::{Context, Poll, ready};

/// A connection whose streams are bounded.
pub struct Bounded {
    inner: h3_quinn::Connection,
    most: usize,
}

/// What comes in on a stream.
pub struct Incoming<S> {
    inner: S,
    left: usize,
}

type Sending<B> = h3_quinn::SendStream<B>;
type Both<B> = Incoming<h3_quinn::BidiStream<B>>;

impl Bounded {
    /// Each stream of `connection` brings at most so many octets.
    pub fn new(connection: quinn::Connection, most: usize) -> Self {
        Self { inner: h3_quinn::Connection::new(connection), most }
    }

    const fn bounded<S>(&self, inner: S) -> Incoming<S> {
        Incoming { inner, left: self.most }
    }
}

impl<S: quic::RecvStream<Buf = Bytes>> quic::RecvStream for Incoming<S> {
    type Buf = Bytes;

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        let data = ready!(self.inner.poll_data(cx))?;
        let octets = data.as_ref().map_or(0, Bytes::len);
        match self.left.checked_sub(octets) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Ok(data))
            }
            None => {
                let error_code = Code::H3_EXCESSIVE_LOAD.value();
                self.inner.stop_sending(error_code);
                Poll::Ready(Err(StreamErrorIncoming::StreamTerminated { error_code }))
            }
        }
    }

    fn stop_sending(&mut self, error_code: u64) {
        self.inner.stop_sending(error_code);
    }

    fn recv_id(&self) -> StreamId {
        self.inner.recv_id()
    }
}

impl<B: Buf, S: quic::SendStream<B>> quic::SendStream<B> for Incoming<S> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.inner.poll_ready(cx)
    }

    fn send_data<T: Into<WriteBuf<B>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        self.inner.send_data(data)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.inner.poll_finish(cx)
    }

    fn reset(&mut self, reset_code: u64) {
        self.inner.reset(reset_code);
    }

    fn send_id(&self) -> StreamId {
        self.inner.send_id()
    }
}

impl<B: Buf> quic::BidiStream<B> for Both<B> {
    type SendStream = Sending<B>;
    type RecvStream = Incoming<h3_quinn::RecvStream>;

    fn split(self) -> (Self::SendStream, Self::RecvStream) {
        let (sending, inner) = quic::BidiStream::split(self.inner);
        (sending, Incoming { inner, left: self.left })
    }
}

impl<B: Buf> quic::OpenStreams<B> for Bounded {
    type BidiStream = Both<B>;
    type SendStream = Sending<B>;

    fn poll_open_bidi(&mut self, cx: &mut Context<'_>) -> Poll<Result<Both<B>, StreamErrorIncoming>> {
        let stream = ready!(self.inner.poll_open_bidi(cx))?;
        Poll::Ready(Ok(self.bounded(stream)))
    }

    fn poll_open_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<Sending<B>, StreamErrorIncoming>> {
        self.inner.poll_open_send(cx)
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        quic::OpenStreams::<B>::close(&mut self.inner, code, reason);
    }
}

/// What opens streams beside the connection.
#[derive(Clone)]
pub struct Opener {
    inner: h3_quinn::OpenStreams,
    most: usize,
}

impl<B: Buf> quic::OpenStreams<B> for Opener {
    type BidiStream = Both<B>;
    type SendStream = Sending<B>;

    fn poll_open_bidi(&mut self, cx: &mut Context<'_>) -> Poll<Result<Both<B>, StreamErrorIncoming>> {
        let inner = ready!(self.inner.poll_open_bidi(cx))?;
        Poll::Ready(Ok(Incoming { inner, left: self.most }))
    }

    fn poll_open_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<Sending<B>, StreamErrorIncoming>> {
        self.inner.poll_open_send(cx)
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        quic::OpenStreams::<B>::close(&mut self.inner, code, reason);
    }
}

impl<B: Buf> quic::Connection<B> for Bounded {
    type RecvStream = Incoming<h3_quinn::RecvStream>;
    type OpenStreams = Opener;

    fn poll_accept_recv(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::RecvStream, ConnectionErrorIncoming>> {
        let stream = ready!(quic::Connection::<B>::poll_accept_recv(&mut self.inner, cx))?;
        Poll::Ready(Ok(self.bounded(stream)))
    }

    fn poll_accept_bidi(&mut self, cx: &mut Context<'_>) -> Poll<Result<Both<B>, ConnectionErrorIncoming>> {
        let stream = ready!(self.inner.poll_accept_bidi(cx))?;
        Poll::Ready(Ok(self.bounded(stream)))
    }

    fn opener(&self) -> Opener {
        Opener { inner: quic::Connection::<B>::opener(&self.inner), most: self.most }
    }
}
