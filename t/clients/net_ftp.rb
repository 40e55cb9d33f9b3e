# net_ftp.rb - Ruby's net/ftp, for t/clients-ruby.t: settings in the
# environment, steps on standard input.

require 'net/ftp'

if ARGV == ['--version']
  puts Net::FTP::VERSION
  exit
end

set = ->(name) { ENV["FTP_#{name.upcase}"].to_s }
tls = set.('tls')
options = { port: 21, passive: set.('active').empty?, open_timeout: 20, read_timeout: 20 }
options[:ssl] = { ca_file: set.('ca') } unless tls.empty?

def reput(ftp, local, remote)
  ftp.resume = true
  ftp.putbinaryfile(local, remote)
end

def reget(ftp, remote, local)
  ftp.resume = true
  ftp.getbinaryfile(remote, local)
end

def get_time(ftp, remote, local)
  ftp.getbinaryfile(remote, local)
  time = ftp.mtime(remote)
  File.utime(time, time, local)
end

# It has no call for this.
def put_time(ftp, local, remote)
  ftp.putbinaryfile(local, remote)
  time = File.mtime(local).utc.strftime('%Y%m%d%H%M%S')
  ftp.voidcmd("MFMT #{time} #{remote}")
end

# After break the reply to RETR has not been read: abort takes the 426.
def give_up(ftp, remote, local)
  ftp.retrbinary("RETR #{remote}", 1000) do |data|
    File.binwrite(local, data)
    break
  end
  ftp.abort
  ftp.send(:voidresp)
end

# TLS from the first byte, which this version has not.
class Implicit < Net::FTP
  def connect(host, port = FTP_PORT)
    synchronize do
      @host = host
      @bare_sock = open_socket(host, port)
      @sock = BufferedSSLSocket.new(start_tls_session(@bare_sock),
                                    read_timeout: @read_timeout)
      voidresp
      voidcmd('PBSZ 0')
      voidcmd('PROT P')
    end
  end
end

(tls == 'implicit' ? Implicit : Net::FTP).open(set.('host'), options) do |ftp|
  ftp.voidcmd("HOST #{set.('named')}") unless set.('named').empty?
  ftp.login(set.('user'), set.('password'))
  while (line = $stdin.gets)
    verb, *args = line.chomp.split("\t")
    case verb
    when 'list' then puts ftp.nlst(*args), ftp.list(*args)
    when 'get' then ftp.getbinaryfile(*args)
    when 'put' then ftp.putbinaryfile(*args)
    when 'reget' then reget(ftp, *args)
    when 'reput' then reput(ftp, *args)
    when 'get_time' then get_time(ftp, *args)
    when 'put_time' then put_time(ftp, *args)
    when 'abort' then give_up(ftp, *args)
    when 'rename' then ftp.rename(*args)
    when 'remove' then ftp.delete(*args)
    when 'mkdir' then ftp.mkdir(*args)
    when 'rmdir' then ftp.rmdir(*args)
    else raise "no #{verb}"
    end
  end
end
