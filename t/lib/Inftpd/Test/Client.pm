package Inftpd::Test::Client;

# Inftpd::Test::Client - the client's end of one session: command lines and
# replies, data connections, and what became of the processes. Made by
# Inftpd::Test; dies when an answer does not come in time.

use strict;
use warnings;

use Errno qw(EAGAIN EINTR EINPROGRESS EWOULDBLOCK);
use IO::Socket::IP ();
use POSIX ();
use Socket ();
use Test::More ();
use Time::HiRes ();

# A data connection that fails is a failed test, not one that hangs.
sub limit { return $Inftpd::Test::LIMIT }

sub new {
	my ($class, $server, $socket, $pid, $log) = @_;

	$socket->blocking(0);
	setsockopt $socket, Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1;
	return bless { server => $server, socket => $socket, pid => $pid,
	    logfile => $log, buffer => '' }, $class;
}

sub pid { return $_[0]{pid} }
sub socket { return $_[0]{socket} }

# The helper's process id; it is there once anything was asked of it.
sub helper {
	my ($self) = @_;
	my @found;

	Inftpd::Test::wait_until(
	    sub { @found = Inftpd::Test::children_of($self->{pid}) });
	return $found[0];
}

sub log {
	my ($self) = @_;

	open my $file, '<:raw', $self->{logfile} or return '';
	local $/;
	return scalar(<$file>) // '';
}

# --- bytes ------------------------------------------------------------------

sub wait_socket {
	my ($socket, $write, $seconds) = @_;
	my $bits = '';

	vec($bits, fileno $socket, 1) = 1;
	my ($r, $w) = $write ? (undef, $bits) : ($bits, undef);
	my $until = Time::HiRes::time() + ($seconds // limit());
	while (1) {
		my $left = $until - Time::HiRes::time();
		return 0 if $left < 0;
		my ($rr, $ww) = ($r, $w);
		my $n = select $rr, $ww, undef, $left;
		return 1 if $n > 0;
		return 0 if $n == 0;
		die "select: $!" if $! != EINTR;
	}
}

# Appends what there is to $$buffer: its length, 0 at the end, undef for none.
# TLS may hold bytes that select() misses, and may have news but no bytes.
sub read_some {
	my ($socket, $buffer, $seconds) = @_;

	while (($socket->can('pending') && $socket->pending) ||
	    wait_socket($socket, 0, $seconds)) {
		my $n = sysread $socket, $$buffer, 262144, length $$buffer;
		next if !defined $n && $! == EAGAIN;
		# A reset is an end, too.
		return defined $n ? $n : 0;
	}
	return undef;
}

sub write_all {
	my ($socket, $bytes) = @_;
	my $done = 0;

	while ($done < length $bytes) {
		wait_socket($socket, 1) or die "the server reads nothing\n";
		my $n = syswrite $socket, $bytes, 262144, $done;
		next if !defined $n && ($! == EAGAIN || $! == EINTR);
		return 0 unless defined $n;
		$done += $n;
	}
	return 1;
}

sub raw {
	my ($self, $bytes) = @_;

	write_all($self->{socket}, $bytes);
}

# Writes and reads at once, for more than the sockets' buffers hold.
sub raw_while_reading {
	my ($self, $bytes) = @_;
	my $socket = $self->{socket};
	my $done = 0;

	while ($done < length $bytes) {
		my $n = syswrite $socket, $bytes, 65536, $done;
		$done += $n if defined $n;
		read_some($socket, \$self->{buffer}, defined $n ? 0 : 0.01);
	}
}

# One line without its CR LF; undef at the end of the connection.
sub line {
	my ($self) = @_;

	while ($self->{buffer} !~ /\n/) {
		my $n = read_some($self->{socket}, \$self->{buffer});
		die "no answer in time; so far: $self->{buffer}\n"
		    unless defined $n;
		return undef if $n == 0;
	}
	$self->{buffer} =~ s/^([^\n]*)\n//;
	my $line = $1;
	$line =~ s/\r$// or die "a line without CR: $line\n";
	return $line;
}

# --- replies ----------------------------------------------------------------

# One reply: its code, the text of its last line, all lines as they came. The
# code is "" when the connection has ended.
sub reply {
	my ($self) = @_;
	my $line = $self->line;
	my @lines = ($line);

	return ('', '', ()) unless defined $line;
	die "not a reply: $line\n" unless $line =~ /^(\d{3})([ -])(.*)$/s;
	my ($code, $more, $text) = ($1, $2, $3);
	while ($more eq '-') {
		$line = $self->line;
		die "a reply without end: @lines\n" unless defined $line;
		push @lines, $line;
		($more, $text) = (' ', $1) if $line =~ /^$code (.*)$/s;
	}
	return ($code, $text, @lines);
}

sub cmd {
	my ($self, $line) = @_;

	$self->raw("$line\r\n");
	return $self->reply;
}

# Is the next reply this one? text: a string, a pattern, or undef for any.
sub expect_reply {
	my ($self, $code, $text, $name) = @_;
	my ($got, $words, @lines) = $self->reply;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $ok = $got eq $code && (!defined $text ||
	    (ref $text ? $words =~ $text : $words eq $text));

	$name //= "then $code";
	Test::More::ok($ok, $name) or Test::More::diag(
	    "expected $code ", $text // '', "\n     got $got $words");
	return @lines;
}

sub expect {
	my ($self, $line, $code, $text, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	$name //= (length $line > 60 ? substr($line, 0, 60) . '...' : $line)
	    =~ s/[^ -~]/?/gr . " gives $code";
	$self->raw("$line\r\n");
	return $self->expect_reply($code, $text, $name);
}

# Nothing but the end comes.
sub expect_end {
	my ($self, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	1 while (read_some($self->{socket}, \$self->{buffer}) // 0) > 0;
	Test::More::is($self->{buffer}, '',
	    $name // 'the connection is closed, nothing more is said');
}

# --- login and end ----------------------------------------------------------

sub login {
	my ($self, $user, $password) = @_;

	$self->cmd("USER $user");
	my ($code, $text) = $self->cmd('PASS ' . ($password // 'secret'));
	die "login of $user: $code $text\n" . $self->log if $code != 230;
}

sub quit {
	my ($self, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($code) = $self->cmd('QUIT');

	Test::More::is($code, 221, $name // 'QUIT gives 221') if $code ne 221;
	$self->check;
}

sub hang_up {
	my ($self) = @_;

	close $self->{socket} if $self->{socket};
	$self->{socket} = undef;
}

# As a client does that is killed, or a probe that has seen enough.
sub reset {
	my ($self) = @_;

	setsockopt $self->{socket}, Socket::SOL_SOCKET, Socket::SO_LINGER,
	    pack('ii', 1, 0) or die "SO_LINGER: $!";
	$self->hang_up;
}

# The wait status of the session's process, within the limit or seconds.
sub exit_status {
	my ($self, $seconds) = @_;

	return Inftpd::Test::wait_for($self->{pid}, $seconds);
}

# The session has ended well, and no checker has complained in its log.
sub check {
	my ($self) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $status = $self->exit_status;
	my $log = $self->log;

	$self->{checked} = 1;
	if (!defined $status || $status != 0) {
		Test::More::fail('the session ends with status 0');
		Test::More::diag('status ', $status // 'none', "\n$log");
	} elsif ($log =~ /^==\d+|Sanitizer|runtime error:/m) {
		Test::More::fail('no complaint of a checker in the log');
		Test::More::diag($log);
	}
	$self->hang_up;
}

# --- data connections -------------------------------------------------------

sub address { return $_[0]{socket}->peerhost }

# The port that PASV told.
sub pasv_port {
	my ($self) = @_;
	my ($code, $text) = $self->cmd('PASV');

	die "PASV: $code $text\n" unless $code eq 227 &&
	    $text =~ /\((\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\)/;
	return $5 * 256 + $6;
}

sub epsv_port {
	my ($self) = @_;
	my ($code, $text) = $self->cmd('EPSV');

	die "EPSV: $code $text\n" unless $code eq 229 &&
	    $text =~ /\(\|\|\|(\d+)\|\)/;
	return $1;
}

# A connection to a port of the server's, from an address of ours.
sub dial {
	my ($self, $port, $from) = @_;
	my $socket = IO::Socket::IP->new(PeerHost => $self->address,
	    PeerPort => $port, ($from ? (LocalHost => $from) : ()),
	    Timeout => limit(), Type => Socket::SOCK_STREAM);

	$socket->blocking(0) if $socket;
	return $socket;
}

sub pasv {
	my ($self) = @_;
	my $port = $self->pasv_port;

	return $self->dial($port) || die "port $port of PASV: $@\n";
}

sub epsv {
	my ($self) = @_;
	my $port = $self->epsv_port;

	return $self->dial($port) || die "port $port of EPSV: $@\n";
}

sub listener {
	my ($self, %arg) = @_;

	return IO::Socket::IP->new(LocalHost => $self->{socket}->sockhost,
	    LocalPort => 0, Listen => $arg{backlog} // 5,
	    Type => Socket::SOCK_STREAM) || die "listen: $@";
}

# The argument of PORT for an address and port.
sub port_text {
	my ($host, $port) = @_;

	return join ',', split(/\./, $host), $port >> 8, $port & 255;
}

sub port {
	my ($self) = @_;
	my $listener = $self->listener;
	my ($code, $text) = $self->cmd('PORT ' .
	    port_text($listener->sockhost, $listener->sockport));

	die "PORT: $code $text\n" if $code ne 200;
	return $listener;
}

sub eprt {
	my ($self) = @_;
	my $listener = $self->listener;
	my $host = $listener->sockhost;
	my ($code, $text) = $self->cmd(sprintf 'EPRT |%d|%s|%d|',
	    $host =~ /:/ ? 2 : 1, $host, $listener->sockport);

	die "EPRT: $code $text\n" if $code ne 200;
	return $listener;
}

# The server's connection to our listener.
sub accept {
	my ($self, $listener) = @_;

	wait_socket($listener, 0) or die "no active data connection\n";
	my $socket = $listener->accept or die "accept: $!";
	$socket->blocking(0);
	return $socket;
}

# All bytes until the other side's end.
sub drain {
	my ($socket) = @_;
	my $bytes = '';

	while (1) {
		my $n = read_some($socket, \$bytes);
		die "the data connection stands still\n" unless defined $n;
		return $bytes if $n == 0;
	}
}

# A whole transfer to us: (bytes, code of the end, first reply's code, text).
# Without 150 the bytes are undef and the code is the refusal's.
sub fetch {
	my ($self, $line, $open) = @_;
	my $how = $open || 'pasv';
	my $end = $self->$how;
	my ($code, $text) = $self->cmd($line);

	return (undef, $code, $code, $text) if $code ne 150;
	$end = $self->accept($end) if $how =~ /p..?t$/;
	my $bytes = drain($end);
	close $end;
	my ($last, $words) = $self->reply;
	return ($bytes, $last, $code, $text);
}

sub retr {
	my ($self, $path, $open) = @_;

	return $self->fetch("RETR $path", $open);
}

# LIST, NLST or MLSD: the lines, or undef and the code.
sub list {
	my ($self, $line) = @_;
	my ($bytes, $code) = $self->fetch($line);

	return (undef, $code) unless defined $bytes;
	return ([split /\r\n/, $bytes], $code);
}

# A whole transfer from us: (code of the end, its text, text of the 150).
sub send_file {
	my ($self, $line, $bytes, $open) = @_;
	my $how = $open || 'pasv';
	my $end = $self->$how;
	my ($code, $text) = $self->cmd($line);

	return ($code, $text, '') if $code ne 150;
	$end = $self->accept($end) if $how =~ /p..?t$/;
	write_all($end, $bytes);
	close $end;
	return (($self->reply)[0, 1], $text);
}

sub stor {
	my ($self, $path, $bytes, $open) = @_;

	return $self->send_file("STOR $path", $bytes, $open);
}

1;
