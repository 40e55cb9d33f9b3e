package Inftpd::TLS;

# Inftpd::TLS - FTPS for the tests: certificates made on the spot, and clients
# that do to TLS what they like.
#
#     my $pair = Inftpd::TLS::pair($dir, 'server');
#     my $server = Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair) });
#     my $c = Inftpd::TLS->login($server, 'alice');
#     $c->retr('file');
#
# Tickets and sessions that the server gives are kept with the client and used
# once each on TLS 1.3, as OpenSSL's users are told to; on TLS 1.2 again and
# again.

use strict;
use warnings;

use POSIX ();
use Test::More ();

use Inftpd::Test ();
use Inftpd::Test::Client ();

our @ISA = ('Inftpd::Test::Client');

# Named with use, what cannot be had leaves the whole test out; who says require
# asks lacks(), and leaves out a part.
my $has_ssl = eval { require IO::Socket::SSL; require Net::SSLeay };
my $is_used;

sub lacks {
	return 'no IO::Socket::SSL here' if !$has_ssl;
	return 'built without OpenSSL' if !Inftpd::Test::built('tls');
	return;
}

sub import { $is_used = 1 }

# Not earlier: a system test has not entered its namespaces before.
{
	no warnings 'void';
	INIT { Test::More::plan(skip_all => lacks()) if $is_used && lacks() }
}

# --- certificates -----------------------------------------------------------

my %kind = (
	ec => [qw(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1)],
	rsa => [qw(-newkey rsa:2048)],
	weak => [qw(-newkey rsa:1024)],
);

sub openssl {
	system("openssl @_ >/dev/null 2>&1") == 0 or die "openssl @_: $?\n";
}

# NAME.pem and NAME.key in a directory: self-signed, or by another pair; of a
# kind, with a subjectAltName.
sub pair {
	my ($dir, $name, %arg) = @_;
	my $pair = { cert => "$dir/$name.pem", key => "$dir/$name.key" };
	my $ca = $arg{by};

	openssl('req -x509 -nodes -days 2 -subj', "/CN=$name",
	    @{ $kind{$arg{kind} // 'ec'} }, '-keyout', $pair->{key},
	    '-out', $pair->{cert},
	    ($arg{name} ? ('-addext', "subjectAltName=$arg{name}") : ()),
	    $ca ? ('-CA', $ca->{cert}, '-CAkey', $ca->{key}) : ());
	chmod 0600, $pair->{key};
	return $pair;
}

# The directives for FTPS with a pair, and others.
sub conf {
	my ($pair, %conf) = @_;

	return (ssl_enable => 'YES', rsa_cert_file => $pair->{cert},
	    rsa_private_key_file => $pair->{key}, %conf);
}

# --- the control connection -------------------------------------------------

# Turns a client of Inftpd::Test into one that can TLS. tls: as below.
sub over {
	my ($class, $client, %tls) = @_;

	my $once = ($tls{version} // '') ne 'TLSv1_2';

	$client->{tls} = { tickets => Inftpd::TLS::Tickets->new($once), %tls };
	return bless $client, $class;
}

# A connection under TLS by AUTH; from the server, or from anything that has
# connect(), as a listener. tls: version (TLSv1_2, TLSv1_3), cert and key, or
# any argument of IO::Socket::SSL's.
sub connect {
	my ($class, $server, %tls) = @_;
	my $self = $class->over($server->connect, %tls);
	my ($code, $text) = $self->cmd('AUTH TLS');

	die "AUTH TLS: $code $text\n" if $code ne 234;
	$self->shake_hands or die "handshake: $self->{error}\n" . $self->log;
	return $self;
}

# With a user logged in and data connections protected.
sub login {
	my ($self, @arg) = @_;

	return $self->SUPER::login(@arg) if ref $self;
	my ($class, $server, $user, %tls) = ($self, @arg);
	my $client = $class->connect($server, %tls);
	$client->SUPER::login($user);
	$client->protect;
	return $client;
}

sub protect {
	my ($self) = @_;

	for my $line ('PBSZ 0', 'PROT P', 'TYPE I') {
		my ($code, $text) = $self->cmd($line);
		die "$line: $code $text\n" if $code ne 200;
	}
}

# The client's end of TLS on the control connection; false if it failed.
sub shake_hands {
	my ($self) = @_;

	$self->{context} //= $self->make_context;
	return $self->wrap($self->{socket});
}

sub make_context {
	my ($self) = @_;
	my %tls = %{ $self->{tls} };
	my $context = IO::Socket::SSL::SSL_Context->new(
	    SSL_verify_mode => 0,
	    SSL_session_cache => $tls{tickets},
	    SSL_version => $tls{version} // 'SSLv23:!SSLv3:!SSLv2',
	    ($tls{cert} ? (SSL_cert_file => $tls{cert}{cert},
	        SSL_key_file => $tls{cert}{key}, SSL_use_cert => 1) : ()),
	    map { $_ => $tls{$_} } grep { /^SSL_/ } keys %tls);

	die "context: $IO::Socket::SSL::SSL_ERROR\n" unless $context;
	return $context;
}

# TLS on a socket; false if the handshake failed, and the reason in error.
sub wrap {
	my ($self, $socket, %arg) = @_;

	$socket->blocking(1);
	my $ok = IO::Socket::SSL->start_SSL($socket,
	    SSL_reuse_ctx => $self->{context}, SSL_session_key => 'ftp',
	    SSL_hostname => '', Timeout => Inftpd::Test::Client::limit(),
	    SSL_keepSocketOnError => 1,
	    (map { $_ => $self->{tls}{$_} } grep {
	        /^SSL_(hostname|alpn)/ } keys %{ $self->{tls} }), %arg);
	$self->{error} = $ok ? '' : $IO::Socket::SSL::SSL_ERROR;
	$socket->blocking(0);
	return $ok;
}

sub hang_up {
	my ($self) = @_;
	my $socket = delete $self->{socket} or return;

	if ($socket->isa('IO::Socket::SSL')) {
		$socket->close(SSL_no_shutdown => 1);
	} else {
		close $socket;
	}
}

sub check {
	my ($self) = @_;

	return $self->{pid} ? $self->SUPER::check : $self->hang_up;
}

# --- data connections -------------------------------------------------------

# Did this connection of ours resume a session?
sub resumed { return $_[0]->get_session_reused }

# Has the server said goodbye on it?
sub said_goodbye {
	return (Net::SSLeay::get_shutdown($_[0]->_get_ssl_object) & 2) != 0;
}

# The three of Inftpd::Test::Client's with TLS in between: a handshake that
# fails gives no bytes and the code that ends it.
sub open_data {
	my ($self, $line, $how) = @_;
	my $end = $self->$how;
	my ($code, $text) = $self->cmd($line);

	return (undef, $code, $text) if $code ne 150;
	$end = $self->accept($end) if $how =~ /p..?t$/;
	$self->{resumed} = $self->wrap($end) ? resumed($end) : undef;
	return ($end, $code, $text);
}

sub fetch {
	my ($self, $line, $open) = @_;
	my ($end, $code, $text) = $self->open_data($line, $open || 'pasv');

	return (undef, $code, $code, $text) unless $end;
	return (undef, ($self->reply)[0], $code, $text)
	    unless defined $self->{resumed};
	my $bytes = Inftpd::Test::Client::drain($end);
	$self->{goodbye} = said_goodbye($end);
	$end->close(SSL_fast_shutdown => 1);
	my ($last) = $self->reply;
	return ($bytes, $last, $code, $text);
}

# cut: the connection ends without close_notify.
sub send_file {
	my ($self, $line, $bytes, $open, $cut) = @_;
	my ($end, $code, $text) = $self->open_data($line, $open || 'pasv');

	return ($code, $text, '') unless $end;
	return (($self->reply)[0, 1], $text) unless defined $self->{resumed};
	Inftpd::Test::Client::write_all($end, $bytes);
	$end->close($cut ? (SSL_no_shutdown => 1) : (SSL_fast_shutdown => 1));
	return (($self->reply)[0, 1], $text);
}

# --- tickets ----------------------------------------------------------------

package Inftpd::TLS::Tickets;

sub new { return bless { kept => [], once => $_[1] }, $_[0] }

sub add_session {
	my ($self, $key, $session) = @_;

	push @{ $self->{kept} }, $session;
	$self->{given}++;
	return 1;
}

# The newest; one of TLS 1.3 is gone then.
sub get_session {
	my ($self) = @_;
	my $session = $self->{kept}[-1] or return undef;

	pop @{ $self->{kept} } if $self->{once};
	return $session;
}

# OpenSSL drops one that it has used up.
sub del_session { return 1 }

sub forget { $_[0]{kept} = [] }

1;
